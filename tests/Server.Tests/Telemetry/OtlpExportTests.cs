using System.Net;
using System.Net.Sockets;
using System.Text;
using Camshaft.Server.Tests.Support;
using Camshaft.Server.Tests.Telemetry.Otlp;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.Telemetry;

/// <summary>A server process that is told by the standard variables where to send metrics and spans.</summary>
public sealed class OtlpExportTests : IDisposable
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string SpanId = "b7ad6b7169203331";

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Metrics_and_spans_reach_a_collector()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var server = Start(receiver.Address);
        var address = ServerProcess.FindHttpAddress(await server.ReadBannerAsync());
        await InferAsync(address);

        var requests = await receiver.WaitForMetricAsync(static metric => metric.Name == "camshaft.requests" && metric.Sum.DataPoints.Any(static point => point.AsDouble == 1 && Has(point.Attributes, "model", "simple")));
        Assert.Equal("{request}", requests.Unit);
        var durations = await receiver.WaitForMetricAsync(static metric => metric.Name == "camshaft.request.duration" && metric.Histogram.DataPoints.Any(static point => Has(point.Attributes, "stage", "run")));
        Assert.Contains(durations.Histogram.DataPoints, static point => point is { Count: 1, Sum: > 0 } && Has(point.Attributes, "model", "simple"));

        var whole = await receiver.WaitForSpanAsync(static span => span.Name == "infer simple");
        Assert.Equal((TraceId, SpanId, "vendor=1"), (Hex(whole.TraceId), Hex(whole.ParentSpanId), whole.TraceState));
        var run = await receiver.WaitForSpanAsync(static span => span.Name == "run");
        Assert.Equal(whole.SpanId, run.ParentSpanId);
        Assert.InRange(run.StartTimeUnixNano, whole.StartTimeUnixNano, whole.EndTimeUnixNano);
    }

    [Theory]
    [InlineData("refuses")]
    [InlineData("hangs")]
    [InlineData("lies")]
    public async Task A_collector_that_does_not_work_holds_up_neither_requests_nor_the_stop(string fault)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var collector = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        using var stop = new CancellationTokenSource();
        var connections = fault == "refuses" ? Task.CompletedTask : AcceptAsync(listener, fault == "lies", stop.Token);
        if (fault == "refuses")
        {
            listener.Stop();
        }

        await using var server = Start(collector);
        var address = ServerProcess.FindHttpAddress(await server.ReadBannerAsync());
        for (var i = 0; i < 200; i++)
        {
            await InferAsync(address);
        }

        await server.SignalAsync("TERM");
        Assert.Equal(0, (await server.WaitForExitAsync()).ExitCode);
        await stop.CancelAsync();
        await connections;
    }

    [Fact]
    public async Task Without_an_endpoint_nothing_is_sent()
    {
        await using var server = await TestServer.StartAsync(SampleModel.Repository);

        Assert.False(Engine.Telemetry.RequestSpans.IsWanted);
    }

    private static bool Has(IEnumerable<KeyValue> attributes, string key, string value) => attributes.Any(attribute => attribute.Key == key && attribute.Value.StringValue == value);

    private static string Hex(Google.Protobuf.ByteString bytes) => Convert.ToHexStringLower(bytes.Span);

    private static async Task InferAsync(Uri address)
    {
        using var http = new HttpClient { BaseAddress = address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/models/simple/infer") { Content = new StringContent(SimpleRequest.Body, Encoding.UTF8, "application/json") };
        request.Headers.Add("traceparent", $"00-{TraceId}-{SpanId}-01");
        request.Headers.Add("tracestate", "vendor=1");
        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    // Takes connections, and says nothing, or what no collector would.
    private static async Task AcceptAsync(TcpListener listener, bool lies, CancellationToken cancellationToken)
    {
        var open = new List<TcpClient>();
        try
        {
            while (true)
            {
                open.Add(await listener.AcceptTcpClientAsync(cancellationToken));
                if (lies)
                {
                    await open[^1].GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes"u8.ToArray(), cancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            open.ForEach(static connection => connection.Dispose());
        }
    }

    private ServerProcess Start(string collector) => ServerProcess.Start(
        _directory.FullPath,
        new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector,
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        },
        "serve", "--models", SampleModel.Repository, "--http-port", "0");
}
