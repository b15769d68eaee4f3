using Camshaft.Backends;
using Camshaft.Engine.Routing;

namespace Camshaft.Engine.Tests.Routing;

/// <summary>Aliases and their switches, reloads, and what outlasts a restart.</summary>
public sealed class RouterTests
{
    [Fact]
    public void An_alias_of_a_model_stands_for_a_version()
    {
        using var harness = new RouterHarness().AddModel("m", 1, 2)
            .Yaml("m", "version_policy: all\nrouting: { aliases: { stable: 1, canary: 2, live: stable } }")
            .Rules("""{ "aliases": { "digits": "m@live" } }""").Start();

        Assert.Equal("m@1", harness.Route(new TestRequest { Asks = "m@live" }));
        Assert.Equal("m@2", harness.Route(new TestRequest { Asks = "m@canary" }));
        Assert.Equal("m@1", harness.Route(new TestRequest { Asks = "digits" }));
    }

    [Fact]
    public void A_call_switches_an_alias_until_it_is_removed()
    {
        using var harness = new RouterHarness("m", "n").Rules("""{ "aliases": { "a": "m" } }""").Start();

        Assert.True(harness.Router.SetAlias("a", "n").IsOk);
        Assert.Equal("n", harness.Route(new TestRequest { Asks = "a" }));
        harness.Load();
        Assert.Equal("n", harness.Route(new TestRequest { Asks = "a" }));
        Assert.True(harness.Router.RemoveAlias("a").IsOk);
        Assert.Equal("m", harness.Route(new TestRequest { Asks = "a" }));
        Assert.Equal(StatusCode.NotFound, harness.Router.RemoveAlias("a").Code);
    }

    [Fact]
    public void A_call_does_not_switch_an_alias_to_what_takes_no_requests()
    {
        using var harness = new RouterHarness("m").AddModel("n", 1).AddVersionThatIsNotReady("n", 2).Rules("""{ "aliases": { "a": "m" } }""").Start();

        var status = harness.Router.SetAlias("a", "n@2");

        Assert.Equal(StatusCode.Unavailable, status.Code);
        Assert.Contains("'n@2' takes no requests", status.Message, StringComparison.Ordinal);
        Assert.Equal("m", harness.Route(new TestRequest { Asks = "a" }));
    }

    [Fact]
    public void An_alias_of_a_file_switches_when_its_new_target_is_ready()
    {
        using var harness = new RouterHarness("m").AddModel("n", 1).AddVersionThatIsNotReady("n", 2).Rules("""{ "aliases": { "a": "m" } }""").Start();
        harness.Rules("""{ "aliases": { "a": "n@2" } }""").Load();

        Assert.Equal("m", harness.Route(new TestRequest { Asks = "a" }));
        Assert.True(harness.Router.Table.TryGetAlias("a", out var alias));
        Assert.Equal("n@2", alias.Pending?.ToString());

        harness.AddModel("n", 1, 2);
        harness.Router.OnModelsChanged();
        Assert.Equal("n@2", harness.Route(new TestRequest { Asks = "a" }));
    }

    [Fact]
    public void A_changed_file_is_taken_over_once_it_has_stayed_the_same_for_a_look()
    {
        using var harness = new RouterHarness("m", "n").Rules("""{ "aliases": { "a": "m" } }""").Start();

        harness.Rules("""{ "aliases": { "a": "n", "b": "n" } }""");
        harness.Time.Advance(Router.WatchInterval);
        Assert.Equal("m", harness.Route(new TestRequest { Asks = "a" }));
        harness.Time.Advance(Router.WatchInterval);
        Assert.Equal("n", harness.Route(new TestRequest { Asks = "a" }));

        harness.Yaml("m", "routing: { aliases: { stable: 1 } }");
        harness.Time.Advance(Router.WatchInterval * 2);
        Assert.Equal("m@1", harness.Route(new TestRequest { Asks = "m@stable" }));
    }

    [Fact]
    public void A_request_on_its_way_keeps_the_rules_that_it_began_with()
    {
        using var harness = new RouterHarness("m", "n").Rules("""{ "rules": [ { "name": "r", "targets": [ { "target": "m" } ], "fallbacks": [ "n" ] } ] }""").Start();
        Assert.True(harness.Router.Table.TryRoute(new TestRequest(), out var route));
        harness.Rules("""{ "rules": [] }""").Load();

        Assert.True(route.TryFallBack(StatusCode.Unavailable));
        Assert.Equal("n", route.ToString());
    }

    [Fact]
    public void Fallbacks_come_once_each_and_only_for_ends_that_another_model_may_do_better()
    {
        using var harness = new RouterHarness("m", "n", "o").Rules("""{ "rules": [ { "name": "r", "targets": [ { "target": "m" } ], "fallbacks": [ "n", "m", "o" ] } ] }""").Start();
        Assert.True(harness.Router.Table.TryRoute(new TestRequest(), out var route));

        Assert.False(route.TryFallBack(StatusCode.InvalidArgument));
        Assert.False(route.TryFallBack(StatusCode.Cancelled));
        Assert.False(route.TryFallBack(StatusCode.DeadlineExceeded));
        Assert.True(route.TryFallBack(StatusCode.Internal));
        Assert.Equal("n", route.ToString());
        Assert.True(route.TryFallBack(StatusCode.ResourceExhausted));
        Assert.Equal("o", route.ToString());
        Assert.False(route.TryFallBack(StatusCode.Unavailable));
    }

    [Fact]
    public void An_alias_that_a_call_has_set_outlasts_the_server()
    {
        using var harness = new RouterHarness("m", "n").Rules("""{ "aliases": { "a": "m" } }""").Start();
        Assert.True(harness.Router.SetAlias("a", "n").IsOk);

        harness.Restart();

        Assert.Equal("n", harness.Route(new TestRequest { Asks = "a" }));
    }

    [Theory]
    [InlineData("""{ "a": "gone" }""")]
    [InlineData("no JSON")]
    public void Kept_aliases_that_cannot_be_any_more_leave_the_rules_of_files_alone(string kept)
    {
        using var harness = new RouterHarness("m").Rules("""{ "aliases": { "a": "m" } }""");
        Directory.CreateDirectory(Path.GetDirectoryName(harness.AliasFile)!);
        File.WriteAllText(harness.AliasFile, kept);

        harness.Start();

        Assert.Equal("m", harness.Route(new TestRequest { Asks = "a" }));
    }

    [Fact]
    public void What_else_is_in_the_file_is_not_looked_at()
    {
        using var harness = new RouterHarness("m").Start();

        harness.File("""
            {
              // A comment.
              "models": ["here"],
              "Routing": { "Aliases": { "a": "m" }, },
            }
            """).Load();

        Assert.Equal("m", harness.Route(new TestRequest { Asks = "a" }));
    }
}
