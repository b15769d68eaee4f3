using System.Globalization;
using Camshaft.Backends;
using Camshaft.Testing;

namespace Camshaft.Engine.Tests.Routing;

/// <summary>Which rule takes a request.</summary>
public sealed class RouteTableTests
{
    [Theory]
    [InlineData("application/x-npy", "npy")]
    [InlineData("APPLICATION/X-NPY", "npy")]
    [InlineData("image/png", "images")]
    [InlineData("image/jpeg", "jpeg")]
    [InlineData("text/plain", "rest")]
    [InlineData("image", "rest")]
    [InlineData("", "rest")]
    public void A_rule_takes_its_content_type_or_all_of_a_kind(string type, string expected)
    {
        using var harness = new RouterHarness("npy", "images", "jpeg", "rest").Rules("""
            { "rules": [
                { "name": "a", "when": { "contentType": "application/x-npy" }, "targets": [ { "target": "npy" } ] },
                { "name": "b", "when": { "contentType": "image/jpeg" }, "targets": [ { "target": "jpeg" } ] },
                { "name": "c", "when": { "contentType": "image/*" }, "targets": [ { "target": "images" } ] },
                { "name": "d", "targets": [ { "target": "rest" } ] } ] }
            """).Start();

        Assert.Equal(expected, harness.Route(new TestRequest { Type = type }));
    }

    [Fact]
    public void Headers_and_tags_must_have_the_value_or_be_there()
    {
        using var harness = new RouterHarness("blue", "any", "tagged").Rules("""
            { "rules": [
                { "name": "a", "when": { "headers": { "x-tenant": "blue" } }, "targets": [ { "target": "blue" } ] },
                { "name": "b", "when": { "headers": { "X-Tenant": "*" } }, "targets": [ { "target": "any" } ] },
                { "name": "c", "when": { "tags": { "team": "vision" } }, "targets": [ { "target": "tagged" } ] } ] }
            """).Start();

        Assert.Equal("blue", harness.Route(new TestRequest { Headers = new(StringComparer.OrdinalIgnoreCase) { ["X-Tenant"] = "blue" } }));
        Assert.Equal("any", harness.Route(new TestRequest { Headers = new(StringComparer.OrdinalIgnoreCase) { ["X-Tenant"] = "green" } }));
        Assert.Equal("tagged", harness.Route(new TestRequest { Tags = { ["team"] = "vision" } }));
        Assert.Null(harness.Route(new TestRequest { Tags = { ["team"] = "audio" } }));
    }

    [Fact]
    public void A_tag_that_is_longer_than_any_rule_can_name_is_there_and_equals_nothing()
    {
        using var harness = new RouterHarness("named", "there").Rules("""
            { "rules": [
                { "name": "a", "when": { "tags": { "t": "x" } }, "targets": [ { "target": "named" } ] },
                { "name": "b", "when": { "tags": { "t": "*" } }, "targets": [ { "target": "there" } ] } ] }
            """).Start();

        Assert.Equal("there", harness.Route(new TestRequest { Tags = { ["t"] = new string('x', 10_000) } }));
    }

    [Fact]
    public void Inputs_must_be_there_with_their_datatype_and_shape()
    {
        using var harness = new RouterHarness("image", "text").Rules("""
            { "rules": [
                { "name": "a", "when": { "inputs": [ { "name": "x", "datatype": "FP32", "shape": [-1, 3, 224, 224] } ] }, "targets": [ { "target": "image" } ] },
                { "name": "b", "when": { "inputs": [ { "datatype": "BYTES" } ] }, "targets": [ { "target": "text" } ] } ] }
            """).Start();

        Assert.Equal("image", harness.Route(new TestRequest { Inputs = [("y", DataType.Int8, []), ("x", DataType.Float32, [5, 3, 224, 224])] }));
        Assert.Null(harness.Route(new TestRequest { Inputs = [("x", DataType.Float32, [5, 3, 225, 224])] }));
        Assert.Null(harness.Route(new TestRequest { Inputs = [("z", DataType.Float32, [5, 3, 224, 224])] }));
        Assert.Equal("text", harness.Route(new TestRequest { Inputs = [("anything", DataType.Bytes, [1])] }));
    }

    [Fact]
    public void Rules_for_an_alias_take_those_alone_who_ask_for_it()
    {
        using var harness = new RouterHarness("old", "new", "rest").Rules("""
            { "aliases": { "digits": "old" },
              "rules": [
                { "name": "a", "when": { "alias": "digits", "tags": { "beta": "*" } }, "targets": [ { "target": "new" } ] },
                { "name": "b", "targets": [ { "target": "rest" } ] } ] }
            """).Start();

        Assert.Equal("new", harness.Route(new TestRequest { Asks = "digits", Tags = { ["beta"] = "1" } }));
        Assert.Equal("old", harness.Route(new TestRequest { Asks = "digits" }));
        Assert.Equal("rest", harness.Route(new TestRequest { Tags = { ["beta"] = "1" } }));
        Assert.Null(harness.Route(new TestRequest { Asks = "unknown" }));
    }

    [Fact]
    public void Rules_of_the_file_come_before_those_of_models_and_of_these_the_narrower_first()
    {
        using var harness = new RouterHarness("one", "two", "three")
            .Yaml("one", "routing: { rules: [ { when: { content_type: application/json } } ] }")
            .Yaml("two", "routing: { rules: [ { when: { content_type: application/json, tags: { a: '1' } } } ] }")
            .Rules("""{ "rules": [ { "name": "first", "when": { "headers": { "X-Now": "*" } }, "targets": [ { "target": "three" } ] } ] }""")
            .Start();

        Assert.Equal("three", harness.Route(new TestRequest { Type = "application/json", Tags = { ["a"] = "1" }, Headers = { ["X-Now"] = "" } }));
        Assert.Equal("two", harness.Route(new TestRequest { Type = "application/json", Tags = { ["a"] = "1" } }));
        Assert.Equal("one", harness.Route(new TestRequest { Type = "application/json" }));
    }

    [Fact]
    public void One_request_in_ten_of_a_hundred_thousand_goes_to_a_canary_of_ten_percent()
    {
        using var harness = new RouterHarness("stable", "canary").Rules("""
            { "rules": [ { "name": "canary", "targets": [ { "target": "stable", "weight": 90 }, { "target": "canary", "weight": 10 } ] } ] }
            """).Start();

        var canary = Enumerable.Range(0, 100_000).Count(_ => harness.Route(new TestRequest()) == "canary");

        Assert.InRange(canary, 9_500, 10_500);
    }

    [Fact]
    public void Every_rule_of_many_is_found_by_the_request_that_it_wants()
    {
        var rules = Enumerable.Range(0, 200).Select(static place => $$"""
            { "name": "{{place}}", "when": { "tags": { "t{{place % 7}}": "{{place}}" } }, "targets": [ { "target": "m" } ] }
            """);
        using var harness = new RouterHarness("m").Rules($$"""{ "rules": [ {{string.Join(',', rules)}} ] }""").Start();

        for (var place = 0; place < 200; place++)
        {
            Assert.True(harness.Router.Table.TryRoute(new TestRequest { Tags = { [$"t{place % 7}"] = place.ToString(CultureInfo.InvariantCulture) } }, out var route));
            Assert.Equal(place.ToString(CultureInfo.InvariantCulture), route.Rule!.Name);
        }
    }

    [Fact]
    public void To_find_the_way_takes_no_memory()
    {
        using var harness = new RouterHarness("a", "b").Rules("""
            { "rules": [
                { "name": "a", "when": { "contentType": "application/json", "headers": { "X-A": "1" }, "tags": { "t": "1" }, "inputs": [ { "datatype": "FP32" } ] },
                  "targets": [ { "target": "a" }, { "target": "b" } ] } ] }
            """).Start();
        var request = new TestRequest { Type = "application/json", Headers = { ["X-A"] = "1" }, Tags = { ["t"] = "1" } };

        AllocationAssert.NoneWhenWarm(() => Assert.False(harness.Router.Table.TryRoute(request, out _)));
    }

    [Fact]
    public void An_explanation_names_each_rule_and_what_it_wanted()
    {
        using var harness = new RouterHarness("a", "b", "c").Rules("""
            { "rules": [
                { "name": "one", "when": { "contentType": "image/*" }, "targets": [ { "target": "a" } ] },
                { "name": "two", "when": { "tags": { "team": "vision" } }, "targets": [ { "target": "b" } ] },
                { "name": "three", "targets": [ { "target": "c" } ] } ] }
            """).Start();

        var explanation = harness.Router.Table.Explain(new TestRequest { Type = "text/plain", Tags = { ["team"] = "audio" } });

        Assert.Equal(
            ["its content type is 'text/plain'; expected 'image/*'", "its tag 'team' is 'audio'; expected 'vision'", null],
            explanation.Outcomes.Select(static outcome => outcome.Fault));
        Assert.Equal("three", explanation.Rule!.Name);
        Assert.Equal("c", Assert.Single(explanation.Targets).ToString());
    }
}
