using System.Text.Json.Nodes;

namespace Camshaft.LiveConsole.Tests.Support;

/// <summary>Reads a feed as a page does: an event's name and its JSON, one after another.</summary>
internal sealed class FeedReader : IDisposable
{
    private readonly HttpResponseMessage _answer;
    private readonly StreamReader _lines;

    private FeedReader(HttpResponseMessage answer, Stream stream)
    {
        _answer = answer;
        _lines = new StreamReader(stream);
    }

    public static async Task<FeedReader> OpenAsync(HttpClient http, string topic)
    {
        var answer = await http.GetAsync($"console/api/feed/{topic}", HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        return new FeedReader(answer, await answer.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event; null at the stream's end.</summary>
    public async Task<(string Name, JsonNode Data)?> ReadAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        if (await _lines.ReadLineAsync(timeout.Token) is not { } name)
        {
            return null;
        }

        var data = await _lines.ReadLineAsync(timeout.Token);
        Assert.Equal("", await _lines.ReadLineAsync(timeout.Token));
        return (name["event: ".Length..], JsonNode.Parse(data!["data: ".Length..])!);
    }

    /// <summary>The next message of the overview in which a row has changed.</summary>
    public async Task<JsonNode> ReadChangeAsync()
    {
        while (true)
        {
            var message = await ReadAsync() ?? throw new EndOfStreamException();
            if (message.Data["rows"]!.AsArray().Count > 0)
            {
                return message.Data;
            }
        }
    }

    public void Dispose()
    {
        _lines.Dispose();
        _answer.Dispose();
    }
}
