using System.Net;
using System.Text;
using Camshaft.Backends;
using Camshaft.Testing;
using Camshaft.Transport.Http.Tests.Endpoints;

namespace Camshaft.Transport.Http.Tests.WrongInput;

/// <summary>
/// What every test of wrong input does: sends a request on a connection of its own, checks status and message, lets the same
/// connection serve a good request, and looks at the end whether the server still holds anything.
/// </summary>
public abstract class WrongInputTest(HttpServer server) : IAsyncLifetime
{
    private const string Good = """{"inputs":[{"name":"INPUT0","datatype":"UINT8","shape":[3],"data":[1,2,3]}]}""";

    private protected RawConnection Connection { get; private set; } = null!;

    private protected HttpServer Server => server;

    public async ValueTask InitializeAsync() => Connection = await RawConnection.OpenAsync(server.Port);

    public async ValueTask DisposeAsync()
    {
        Connection.Dispose();
        await server.AssertNothingIsHeldAsync();
        GC.SuppressFinalize(this);
    }

    private protected static string InferPath(string model) => $"/v2/models/{model}/infer";

    private protected static string InferPath(DataType dataType) => InferPath(HttpServer.NameOfIdentity(dataType));

    /// <summary>A request with its length.</summary>
    private protected static byte[] Post(string path, ReadOnlySpan<byte> body, params ReadOnlySpan<string> headers) =>
        [.. Encoding.Latin1.GetBytes($"POST {path} HTTP/1.1\r\nHost: test\r\nContent-Length: {body.Length}\r\n{Join(headers)}\r\n"), .. body];

    private protected static byte[] Post(string path, string body, params ReadOnlySpan<string> headers) => Post(path, Encoding.UTF8.GetBytes(body), headers);

    /// <summary>A request of JSON and a binary part.</summary>
    private protected static byte[] Post(string path, string json, ReadOnlySpan<byte> tail) =>
        Post(path, [.. Encoding.UTF8.GetBytes(json), .. tail], $"Inference-Header-Content-Length: {Encoding.UTF8.GetByteCount(json)}");

    /// <summary>Sends a request that is refused; the connection goes on.</summary>
    private protected async Task AssertRefusedAsync(byte[] request, HttpStatusCode status, params string[] message)
    {
        await Connection.SendAsync(request);
        await AssertErrorAsync(status, message);
        await AssertServesAsync();
    }

    /// <summary>Sends a request after which the server cannot know where the next one begins; it says that it closes, and does.</summary>
    private protected async Task AssertRefusedAndClosedAsync(ReadOnlyMemory<byte> request, HttpStatusCode status, params string[] message)
    {
        await Connection.SendAsync(request);
        var answer = await Connection.ReadAnswerAsync();
        Assert.Equal((status, answer.Error), (answer.Status, answer.Error));
        Assert.All(message, part => Assert.Contains(part, answer.Error, StringComparison.Ordinal));
        Assert.True(answer.Closes);

        // Else the server would take what still comes for a while, so that the answer is not lost in a reset.
        Connection.EndSending();
        await Connection.AssertClosedAsync();
    }

    private protected async Task AssertErrorAsync(HttpStatusCode status, params string[] message)
    {
        var answer = await Connection.ReadAnswerAsync();
        Assert.Equal((status, answer.Error), (answer.Status, answer.Error));
        Assert.NotEmpty(answer.Error);
        Assert.All(message, part => Assert.Contains(part, answer.Error, StringComparison.Ordinal));
        Assert.False(answer.Closes);
    }

    private protected async Task AssertServesAsync()
    {
        await Connection.SendAsync(Post(InferPath("sample_identity"), Good));
        var answer = await Connection.ReadAnswerAsync();
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Contains("\"data\":[1,2,3]", Encoding.UTF8.GetString(answer.Body), StringComparison.Ordinal);
    }

    private static string Join(ReadOnlySpan<string> headers)
    {
        var lines = new StringBuilder();
        foreach (var header in headers)
        {
            lines.Append(header).Append("\r\n");
        }

        return lines.ToString();
    }
}
