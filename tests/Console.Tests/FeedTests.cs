using System.Net;
using System.Text.Json.Nodes;
using Camshaft.LiveConsole.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.LiveConsole.Tests;

/// <summary>The feed, as the page and other programs read it.</summary>
public sealed class FeedTests : IAsyncLifetime
{
    private readonly TempDirectory _models = new();
    private ConsoleServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        IdentityModels.Write(_models, "first");
        IdentityModels.Write(_models, "second");
        _models.Write("broken/1/model.sample", "operation: none\n"u8);
        _server = await ConsoleServer.StartAsync(_models.FullPath);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _models.Dispose();
    }

    [Fact]
    public async Task The_overview_counts_every_request_and_error()
    {
        for (var i = 0; i < 10; i++)
        {
            using var answer = await IdentityModels.InferAsync(_server.Http, "first");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        using var late = await IdentityModels.InferAsync(_server.Http, "second", timeout: 1);
        Assert.False(late.IsSuccessStatusCode);

        var rows = (await _server.ReadOverviewAsync())["rows"]!.AsArray().ToDictionary(static row => (string)row!["name"]!, static row => row!);
        Assert.Equal(10, (long)rows["first"]["requests"]!);
        Assert.Equal(0, (long)rows["first"]["failures"]!);
        Assert.Equal(1, (long)rows["second"]["failures"]!);
    }

    [Fact]
    public async Task A_model_that_failed_says_why()
    {
        var rows = (await _server.ReadOverviewAsync())["rows"]!.AsArray();
        var broken = rows.Single(static row => (string)row!["name"]! == "broken")!;

        Assert.Equal("failed", (string)broken["state"]!);
        Assert.Contains("operation", (string)broken["reason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_message_has_every_row_and_the_next_those_that_changed()
    {
        using var feed = await FeedReader.OpenAsync(_server.Http, "overview");
        var first = (await feed.ReadAsync())!.Value;
        using var answer = await IdentityModels.InferAsync(_server.Http, "first");
        var next = await feed.ReadChangeAsync();

        Assert.True((bool)first.Data["isFull"]!);
        Assert.Equal(3, first.Data["rows"]!.AsArray().Count);
        Assert.False((bool)next["isFull"]!);
        Assert.Equal(["first"], next["rows"]!.AsArray().Select(static row => (string)row!["name"]!));
    }

    [Fact]
    public async Task A_column_has_each_of_its_requests_in_the_row_of_its_latency_and_their_stages_add_up()
    {
        using var feed = await FeedReader.OpenAsync(_server.Http, "models/first");
        var bounds = (await feed.ReadAsync())!.Value.Data["heatBounds"]!.AsArray().Select(static bound => (double)bound!).ToList();
        for (var i = 0; i < 5; i++)
        {
            using var answer = await IdentityModels.InferAsync(_server.Http, "first");
        }

        var columns = new Dictionary<long, JsonNode>();
        while (columns.Values.Sum(static column => GetCounts(column).Sum()) < 5)
        {
            foreach (var column in (await feed.ReadAsync())!.Value.Data["columns"]!.AsArray())
            {
                columns[(long)column!["number"]!] = column;
            }
        }

        foreach (var column in columns.Values.Where(static column => column["heat"] is not null))
        {
            var rows = column["heat"]!.AsArray().Select(static number => (int)number!).Where(static (_, i) => i % 2 == 0).ToList();
            Assert.InRange((double)column["p50"]!, rows[0] == 0 ? 0 : bounds[rows[0] - 1], bounds[rows[^1]]);
            Assert.InRange(column["stages"]!.AsArray().Sum(static stage => (double)stage!), bounds[Math.Max(0, rows[0] - 1)] * 0.9, bounds[rows[^1]] * 1.1);
        }
    }

    private static IEnumerable<int> GetCounts(JsonNode column) =>
        column["heat"]?.AsArray().Select(static number => (int)number!).Where(static (_, i) => i % 2 == 1) ?? [];

    [Fact]
    public async Task A_model_that_the_server_does_not_know_is_said_to_be_gone()
    {
        using var feed = await FeedReader.OpenAsync(_server.Http, "models/absent");

        Assert.Equal("gone", (await feed.ReadAsync())!.Value.Name);
    }

    [Fact]
    public async Task A_stop_ends_the_stream()
    {
        using var feed = await FeedReader.OpenAsync(_server.Http, "lanes");
        Assert.Equal("lanes", (await feed.ReadAsync())!.Value.Name);
        var stop = _server.StopAsync();
        while (await feed.ReadAsync() is not null)
        {
        }

        await stop.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task One_client_more_than_may_is_refused_until_one_leaves()
    {
        var feeds = await Task.WhenAll(Enumerable.Range(0, Feed.FeedHub.MostClients).Select(_ => FeedReader.OpenAsync(_server.Http, "overview")));
        using (var refused = await _server.Http.GetAsync("console/api/feed/overview", HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        }

        Array.ForEach(feeds, static feed => feed.Dispose());
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (_server.Hub.ClientCount > 0)
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        using var feed = await FeedReader.OpenAsync(_server.Http, "overview");
        Assert.NotNull(await feed.ReadAsync());
    }
}
