using System.Net;
using System.Text.RegularExpressions;
using Camshaft.LiveConsole.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.LiveConsole.Tests;

/// <summary>The page's files, as a browser without a key gets them.</summary>
public sealed partial class AssetTests : IAsyncLifetime
{
    private readonly TempDirectory _models = new();
    private ConsoleServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ConsoleServer.StartAsync(_models.FullPath, static options => options.ModelControlMode = Engine.Models.ModelControlMode.Explicit);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _models.Dispose();
    }

    [Fact]
    public async Task The_page_is_found_without_a_slash_too()
    {
        using var page = await _server.Http.GetAsync("console");

        Assert.EndsWith("/console/", page.RequestMessage!.RequestUri!.AbsolutePath, StringComparison.Ordinal);
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Scripts_and_styles_come_from_the_server_alone()
    {
        using var page = await _server.Http.GetAsync("console/");
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();

        Assert.Contains("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_file_that_the_page_names_exists()
    {
        var page = await _server.Http.GetStringAsync("console/");
        var paths = Links().Matches(page).Select(static match => match.Groups[1].Value).Where(static path => !path.StartsWith('#')).ToList();

        Assert.NotEmpty(paths);
        foreach (var path in paths)
        {
            using var file = await _server.Http.GetAsync($"console/{path}");
            Assert.Equal(HttpStatusCode.OK, file.StatusCode);
        }
    }

    [Fact]
    public async Task A_file_that_a_browser_has_is_not_sent_again()
    {
        using var first = await _server.Http.GetAsync("console/js/app.js");
        using var request = new HttpRequestMessage(HttpMethod.Get, "console/js/app.js");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await _server.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_path_that_is_no_file_is_not_found()
    {
        using var answer = await _server.Http.GetAsync("console/js/../../secret");
        using var missing = await _server.Http.GetAsync("console/js/none.js");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [GeneratedRegex("(?:href|src)=\"([^\"]+)\"")]
    private static partial Regex Links();
}
