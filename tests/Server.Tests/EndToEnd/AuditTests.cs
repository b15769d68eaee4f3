using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.EndToEnd;

public sealed class AuditTests
{
    [Fact]
    public async Task Management_calls_are_written_down_with_who_what_and_how_it_ended_but_never_the_key()
    {
        using var directory = new TempDirectory();
        directory.Write("camshaft.json", """{ "access": { "keys": { "ops": { "key": "operator-key-0123456789", "rights": ["manage"] } } }, "modelControlMode": "explicit" }"""u8);
        await using var server = ServerProcess.Start(directory.FullPath, "serve", "--models", SampleModel.Repository, "--http-port", "0");
        var address = ServerProcess.FindHttpAddress(await server.ReadBannerAsync());
        using var http = new HttpClient { BaseAddress = address };

        await PostAsync(http, "/v2/repository/models/simple/load", "operator-key-0123456789");
        await PostAsync(http, "/v2/repository/models/simple/warm", "operator-key-0123456789");
        await PostAsync(http, "/v2/repository/models/simple/unload", "wrong-key-wrong-key-1");
        await server.SignalAsync("TERM");
        var (_, _, log) = await server.WaitForExitAsync();

        Assert.Contains("Camshaft.Audit[500] 'ops' from 127.0.0.1: load of model 'simple' done.", log, StringComparison.Ordinal);
        Assert.Contains("Camshaft.Audit[500] 'ops' from 127.0.0.1: warm of model 'simple' done.", log, StringComparison.Ordinal);
        Assert.Contains("Camshaft.Audit[501] 'anonymous' from 127.0.0.1: unload of model 'simple' ended with Unauthenticated: The API key is not known.", log, StringComparison.Ordinal);
        Assert.DoesNotContain("key-", log, StringComparison.Ordinal);
    }

    private static async Task PostAsync(HttpClient http, string path, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Add("X-Api-Key", key);
        using var response = await http.SendAsync(request);
    }
}
