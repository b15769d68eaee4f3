using System.Net;
using System.Net.Sockets;
using System.Text;
using Camshaft.Server.Configuration;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.EndToEnd;

/// <summary>Each limit on what a client may take, and how it is told; after each the server serves on and holds nothing.</summary>
public sealed class LimitTests : IDisposable
{
    private const string Infer = "/v2/models/identity_fp32/infer";
    private const string Body = """{"inputs":[{"name":"INPUT0","datatype":"FP32","shape":[1,1],"data":[1]}]}""";

    private readonly TempDirectory _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task One_connection_too_many_is_told_so_and_closed_and_a_place_comes_free()
    {
        await using var server = await StartAsync(static limits => limits.Connections = 2);
        using (await ConnectAsync(server, "GET /v2 HTTP/1.1\r\nHost: x\r\n\r\n"))
        using (await ConnectAsync(server, "GET /v2 HTTP/1.1\r\nHost: x\r\n\r\n"))
        using (var third = new TcpClient())
        {
            await third.ConnectAsync(IPAddress.Loopback, server.Client.Address.Port);
            await third.GetStream().WriteAsync("GET /v2 HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());

            var answer = await new StreamReader(third.GetStream()).ReadToEndAsync();

            Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
            Assert.EndsWith("""{"error":"The server has 2 connections open, as many as it may."}""", answer, StringComparison.Ordinal);
        }

        await AssertServesAsync(server);
    }

    [Fact]
    public async Task One_request_in_flight_too_many_from_one_address_is_refused_with_429()
    {
        _models.Write("endless/1/model.onnx", EndlessModel.Create());
        _models.Write("endless/model.yaml", "warm_up: none"u8);
        await using var server = await StartAsync(static limits => limits.RequestsPerClient = 1, _models.FullPath);
        using var cancellation = new CancellationTokenSource();
        using var http = new HttpClient { BaseAddress = server.Client.Address };
        var endless = http.PostAsync("/v2/models/endless/infer", new StringContent("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1]}]}"""), cancellation.Token);
        await UntilAsync(() => server.Engine.Memory.LeasedCount > 0);

        using var response = await http.GetAsync("/v2");

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Contains("1 requests in flight", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless);
    }

    [Fact]
    public async Task A_request_that_runs_longer_than_it_may_ends_with_504()
    {
        _models.Write("endless/1/model.onnx", EndlessModel.Create());
        _models.Write("endless/model.yaml", "warm_up: none"u8);
        await using var server = await StartAsync(static limits => limits.RequestSeconds = 1, _models.FullPath);

        var (status, error) = await server.Client.PostAsync("/v2/models/endless/infer", """{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1]}]}""");

        Assert.Equal(HttpStatusCode.GatewayTimeout, status);
        Assert.Contains("Model 'endless' version 1", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_that_is_too_long_is_refused_with_431()
    {
        await using var server = await StartAsync(static limits => limits.HeaderBytes = 1024);

        Assert.StartsWith("HTTP/1.1 431 ", await SendAsync(server, $"GET /v2 HTTP/1.1\r\nHost: x\r\nX: {new string('a', 2000)}\r\n\r\n"), StringComparison.Ordinal);
        await AssertServesAsync(server);
    }

    [Fact]
    public async Task A_head_that_does_not_come_is_refused_with_408()
    {
        await using var server = await StartAsync(static limits => limits.HeaderSeconds = 1);

        Assert.StartsWith("HTTP/1.1 408 ", await SendAsync(server, "GET /v2 HTTP/1.1\r\nHost:"), StringComparison.Ordinal);
        await AssertServesAsync(server);
    }

    [Fact]
    public async Task A_body_that_stalls_is_refused_with_408_and_gives_its_memory_back()
    {
        await using var server = await StartAsync(static limits => (limits.ReceiveBytesPerSecond, limits.StallSeconds) = (1_000_000, 2));
        const string Head = """{"inputs":[{"name":"INPUT0","datatype":"FP32","shape":[1,1000],"parameters":{"binary_data_size":4000}}]}""";

        var answer = await SendAsync(server, $"POST {Infer} HTTP/1.1\r\nHost: x\r\nContent-Length: {Head.Length + 4000}\r\nInference-Header-Content-Length: {Head.Length}\r\n\r\n{Head}half");

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        await server.AssertNothingLeasedAsync();
        await AssertServesAsync(server);
    }

    [Fact]
    public async Task A_client_that_does_not_take_its_answer_is_disconnected()
    {
        await using var server = await StartAsync(static limits => (limits.SendBytesPerSecond, limits.StallSeconds) = (100_000_000, 2));
        var head = """{"inputs":[{"name":"INPUT0","datatype":"FP32","shape":[1,8000000],"parameters":{"binary_data_size":32000000}}],"parameters":{"binary_data_output":true}}""";
        using var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(IPAddress.Loopback, server.Client.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST {Infer} HTTP/1.1\r\nHost: x\r\nContent-Length: {head.Length + 32_000_000}\r\nInference-Header-Content-Length: {head.Length}\r\n\r\n{head}"));
        await client.GetStream().WriteAsync(new byte[32_000_000]);

        // Nothing is read here; what the server holds for the answer comes back all the same.
        await UntilAsync(() => server.Engine.Memory.LeasedCount > 0);
        await UntilAsync(() => server.Engine.Memory.LeasedCount == 0);
        await AssertServesAsync(server);
    }

    [Theory]
    [InlineData(HttpStatusCode.RequestEntityTooLarge, 2000, 1)]
    [InlineData(HttpStatusCode.OK, 10, 1)]
    [InlineData(HttpStatusCode.BadRequest, 10, 30)]
    public async Task Bodies_have_a_length_and_a_depth_that_they_may_have(HttpStatusCode expected, int padding, int depth)
    {
        await using var server = await StartAsync(static limits => (limits.BodyBytes, limits.JsonDepth) = (1024, 20));
        var nested = $"{new string('[', depth)}{new string(']', depth)}";

        var (status, error) = await server.Client.PostAsync(Infer, $"{Body[..^1]},\"unknown\":{nested}{new string(' ', padding)}}}");

        Assert.Equal(expected, status);
        Assert.Equal(expected == HttpStatusCode.OK, error is null);
        await AssertServesAsync(server);
    }

    private static async Task<TestServer> StartAsync(Action<LimitOptions> limit, string? models = null) =>
        await TestServer.StartAsync(models ?? SampleModel.Repository, options => limit(options.Limits));

    private static async Task AssertServesAsync(TestServer server)
    {
        HttpStatusCode status;
        do
        {
            // A connection that was just closed may still have its place.
            (status, _) = await server.Client.PostAsync(Infer, Body);
        }
        while (status == HttpStatusCode.ServiceUnavailable);

        Assert.Equal(HttpStatusCode.OK, status);
    }

    private static async Task<TcpClient> ConnectAsync(TestServer server, string request)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Client.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));

        // Served, so that it has its place.
        Assert.NotEqual(0, await client.GetStream().ReadAtLeastAsync(new byte[1], 1));
        return client;
    }

    private static async Task<string> SendAsync(TestServer server, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Client.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        return await new StreamReader(client.GetStream()).ReadToEndAsync();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await Task.Delay(1, patience.Token);
        }
    }
}
