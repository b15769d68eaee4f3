using System.Collections.Concurrent;
using System.Net;
using Camshaft.Server.Tests.Telemetry.Otlp;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Camshaft.Server.Tests.Telemetry;

/// <summary>A collector of the OpenTelemetry protocol over gRPC, on a port of its own: keeps the metrics and spans that it is sent.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly WebApplication _application;
    private readonly SemaphoreSlim _came = new(0);
    private readonly ConcurrentQueue<Metric> _metrics = [];
    private readonly ConcurrentQueue<Span> _spans = [];

    private OtlpReceiver(WebApplication application) => _application = application;

    public string Address => _application.Urls.Single();

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        OtlpReceiver? receiver = null;
        builder.Services.AddSingleton(_ => receiver!);
        var application = builder.Build();
        receiver = new OtlpReceiver(application);
        application.MapGrpcService<Metrics>();
        application.MapGrpcService<Traces>();
        await application.StartAsync();
        return receiver;
    }

    /// <summary>Waits for a metric that a test looks for.</summary>
    public Task<Metric> WaitForMetricAsync(Func<Metric, bool> predicate) => WaitAsync(_metrics, predicate);

    /// <summary>Waits for a span that a test looks for.</summary>
    public Task<Span> WaitForSpanAsync(Func<Span, bool> predicate) => WaitAsync(_spans, predicate);

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _came.Dispose();
    }

    private async Task<T> WaitAsync<T>(ConcurrentQueue<T> come, Func<T, bool> predicate)
        where T : class
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            if (come.FirstOrDefault(predicate) is { } found)
            {
                return found;
            }

            await _came.WaitAsync(timeout.Token);
        }
    }

    private sealed class Metrics(OtlpReceiver receiver) : MetricsService.MetricsServiceBase
    {
        public override Task<ExportMetricsServiceResponse> Export(ExportMetricsServiceRequest request, ServerCallContext context)
        {
            foreach (var metric in request.ResourceMetrics.SelectMany(static resource => resource.ScopeMetrics).SelectMany(static scope => scope.Metrics))
            {
                receiver._metrics.Enqueue(metric);
            }

            receiver._came.Release();
            return Task.FromResult(new ExportMetricsServiceResponse());
        }
    }

    private sealed class Traces(OtlpReceiver receiver) : TraceService.TraceServiceBase
    {
        public override Task<ExportTraceServiceResponse> Export(ExportTraceServiceRequest request, ServerCallContext context)
        {
            foreach (var span in request.ResourceSpans.SelectMany(static resource => resource.ScopeSpans).SelectMany(static scope => scope.Spans))
            {
                receiver._spans.Enqueue(span);
            }

            receiver._came.Release();
            return Task.FromResult(new ExportTraceServiceResponse());
        }
    }
}
