namespace Camshaft.Engine.Tests.Routing;

/// <summary>Rules that cannot be are refused with their names, and the rules before them stay.</summary>
public sealed class RefusedRuleTests
{
    [Theory]
    [InlineData("""{ "rules": [ { "name": "lost", "targets": [ { "target": "nobody" } ] } ] }""", "Rule 'lost' of .camshaft.json points nowhere: 'nobody' is no model")]
    [InlineData("""{ "rules": [ { "name": "lost", "targets": [ { "target": "m@7" } ] } ] }""", "Rule 'lost' of .camshaft.json points nowhere: the model 'm' has no version 7; it has 1.")]
    [InlineData("""{ "rules": [ { "name": "lost", "targets": [ { "target": "m@beta" } ] } ] }""", "'m@beta' is no version and no alias of the model 'm'")]
    [InlineData("""{ "rules": [ { "name": "lost", "targets": [ { "target": "m" } ], "fallbacks": [ "gone" ] } ] }""", "Rule 'lost' of .camshaft.json points nowhere: 'gone'")]
    [InlineData("""{ "rules": [ { "name": "lost", "targets": [ { "target": "m" } ], "shadows": [ { "target": "gone" } ] } ] }""", "Rule 'lost' of .camshaft.json points nowhere: 'gone'")]
    [InlineData("""{ "aliases": { "a": "b", "b": "c", "c": "a" } }""", "leads back to itself: 'b' → 'c' → 'a' → 'b'")]
    [InlineData("""{ "aliases": { "a": "gone" } }""", "Alias 'a' of .camshaft.json points nowhere: 'gone'")]
    [InlineData("""{ "aliases": { "m": "n" } }""", "Alias 'm' of .camshaft.json has the name of a model")]
    [InlineData("""{ "aliases": { "m@stable": "n" } }""", "Alias 'm@stable' of .camshaft.json stands for 'n'; expected a version of the model 'm'")]
    [InlineData("""{ "aliases": { "m@12": "m@1" } }""", "an alias of a model is 'model@alias', and no number")]
    [InlineData("""{ "aliases": { "a": "m" }, "rules": [ { "name": "round", "when": { "alias": "a" }, "targets": [ { "target": "a" } ] } ] }""", "rule 'round' of .camshaft.json loops")]
    [InlineData("""{ "aliases": { "a": "m", "b": "m" }, "rules": [ { "name": "there", "when": { "alias": "a" }, "targets": [ { "target": "b" } ] }, { "name": "back", "when": { "alias": "b" }, "targets": [ { "target": "n" } ], "fallbacks": [ "a" ] } ] }""", "rule 'there' of .camshaft.json loops: it is asked for the alias 'a' and leads back to it through 'b'")]
    [InlineData("""{ "rules": [ { "name": "r", "targets": [ { "target": "m" } ], "fallbacks": [ "n", "n" ] } ] }""", "Rule 'r' of .camshaft.json loops: its fallbacks come to the same model twice")]
    [InlineData("""{ "rules": [ { "name": "all", "targets": [ { "target": "m" } ] }, { "name": "some", "when": { "tags": { "t": "1" } }, "targets": [ { "target": "n" } ] } ] }""", "rule 'some' of .camshaft.json can never take a request: the rule 'all' of .camshaft.json")]
    [InlineData("""{ "rules": [ { "name": "kind", "when": { "contentType": "image/*" }, "targets": [ { "target": "m" } ] }, { "name": "png", "when": { "contentType": "image/png" }, "targets": [ { "target": "n" } ] } ] }""", "rule 'png' of .camshaft.json can never take a request: the rule 'kind'")]
    [InlineData("""{ "rules": [ { "name": "twice", "when": { "tags": { "t": "1" } }, "targets": [ { "target": "m" } ] }, { "name": "twice", "when": { "tags": { "t": "2" } }, "targets": [ { "target": "m" } ] } ] }""", "rule 'twice' of .camshaft.json is there twice")]
    [InlineData("""{ "rules": [ { "name": "none", "targets": [] } ] }""", "Rule 'none' of .camshaft.json has 0 targets")]
    [InlineData("""{ "rules": [ { "name": "w", "targets": [ { "target": "m", "weight": 0 } ] } ] }""", "Rule 'w' of .camshaft.json has a target with the weight 0")]
    [InlineData("""{ "rules": [ { "name": "s", "targets": [ { "target": "m" } ], "shadows": [ { "target": "n", "percent": 101 } ] } ] }""", "Rule 's' of .camshaft.json has a shadow with 101 percent")]
    [InlineData("""{ "rules": [ { "name": "c", "when": { "contentType": "json" }, "targets": [ { "target": "m" } ] } ] }""", "Rule 'c' of .camshaft.json wants the content type 'json'")]
    [InlineData("""{ "rules": [ { "name": "h", "when": { "headers": { "a b": "*" } }, "targets": [ { "target": "m" } ] } ] }""", "Rule 'h' of .camshaft.json wants a header 'a b'")]
    [InlineData("""{ "rules": [ { "name": "i", "when": { "inputs": [ { "datatype": "FP99" } ] }, "targets": [ { "target": "m" } ] } ] }""", "Rule 'i' of .camshaft.json wants an input of the datatype 'FP99'")]
    [InlineData("""{ "rules": [ { "name": "i", "when": { "inputs": [ {} ] }, "targets": [ { "target": "m" } ] } ] }""", "Rule 'i' of .camshaft.json wants an input of which it says nothing")]
    [InlineData("""{ "rules": [ { "name": "", "targets": [ { "target": "m" } ] } ] }""", "has a name of 0 characters")]
    [InlineData("""{ "rules": [ { "name": "u", "wen": {} } ] }""", "wen")]
    [InlineData("""{ "rules": [ { "name": "u", "name": "v" } ] }""", "name")]
    [InlineData("""{ "rules": null }""", "rules")]
    [InlineData("[]", "is array; expected an object")]
    public void A_rule_that_cannot_be_is_refused_by_name(string routing, string expected)
    {
        using var harness = new RouterHarness("m", "n").Rules("""{ "aliases": { "before": "m" } }""").Start();

        Assert.Contains(expected, harness.Rules(routing).Refuse(), StringComparison.Ordinal);
        Assert.Equal("m", harness.Route(new TestRequest { Asks = "before" }));
        Assert.NotNull(harness.Router.Fault);
    }

    [Fact]
    public void Two_models_whose_rules_are_equally_narrow_are_both_named()
    {
        using var harness = new RouterHarness("m", "n").Start()
            .Yaml("m", "routing: { rules: [ { name: left, when: { tags: { a: x } } } ] }")
            .Yaml("n", "routing: { rules: [ { name: right, when: { content_type: text/plain } } ] }");

        var message = harness.Refuse();

        Assert.Contains("rule 'left' of m/model.yaml", message, StringComparison.Ordinal);
        Assert.Contains("rule 'right' of n/model.yaml", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_models_whose_rules_want_different_values_do_not_meet()
    {
        using var harness = new RouterHarness("m", "n").Start()
            .Yaml("m", "routing: { rules: [ { when: { tags: { a: x } } } ] }")
            .Yaml("n", "routing: { rules: [ { when: { tags: { a: y } } } ] }");

        Assert.Equal(2, harness.Load().Rules.Count);
    }

    [Fact]
    public void A_version_that_the_version_policy_leaves_out_is_nowhere()
    {
        using var harness = new RouterHarness().AddModel("m", 1, 2).Start();

        Assert.Contains("the version policy of the model 'm' leaves version 1 out", harness.Rules("""{ "aliases": { "a": "m@1" } }""").Refuse(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_rules_of_a_model_stay_while_its_file_cannot_be_read()
    {
        using var harness = new RouterHarness("m").Yaml("m", "routing: { aliases: { stable: 1 } }").Start();

        Assert.Contains("The rules of m/model.yaml cannot be read", harness.Yaml("m", "routing: [").Refuse(), StringComparison.Ordinal);
        Assert.Equal("m@1", harness.Route(new TestRequest { Asks = "m@stable" }));
    }
}
