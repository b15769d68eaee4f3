using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Camshaft.Load.Tests.Support;

/// <summary>
/// A KServe V2 server on a real socket that answers after drawn times, stalls included, and notes how long each answer really
/// took it: the truth of the very run.
/// </summary>
internal sealed class StubServer : IAsyncDisposable
{
    private const string Metadata = """{"name":"m","versions":["1"],"platform":"stub","inputs":[{"name":"x","datatype":"FP32","shape":[-1,4]},{"name":"n","datatype":"INT64","shape":[1]}],"outputs":[{"name":"y","datatype":"FP32","shape":[-1,4]}]}""";

    private readonly WebApplication _application;
    private readonly Func<TimeSpan> _drawLatency;

    private StubServer(WebApplication application, Func<TimeSpan> drawLatency)
    {
        _application = application;
        _drawLatency = drawLatency;
    }

    public string Address { get; private set; } = "";

    /// <summary>How long each answer took, in milliseconds.</summary>
    public ConcurrentQueue<double> Truth { get; } = new();

    /// <summary>The last request's body, and how many bytes of it are JSON.</summary>
    public (byte[] Body, int JsonByteSize) LastRequest { get; private set; }

    /// <summary>What is answered.</summary>
    public int Status { get; init; } = StatusCodes.Status200OK;

    public static async Task<StubServer> StartAsync(Func<TimeSpan> drawLatency, int status = StatusCodes.Status200OK)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var application = builder.Build();
        var server = new StubServer(application, drawLatency) { Status = status };
        application.MapGet("/v2/models/m", static context => context.Response.WriteAsync(Metadata));
        application.MapPost("/v2/models/m/infer", server.InferAsync);
        await application.StartAsync();
        server.Address = "kserve+" + application.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return server;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task InferAsync(HttpContext context)
    {
        var received = Stopwatch.GetTimestamp();
        TimeSpan latency;
        lock (Truth)
        {
            latency = _drawLatency();
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        LastRequest = (body.ToArray(), int.Parse(context.Request.Headers["Inference-Header-Content-Length"]!));
        await Task.Delay(latency);
        context.Response.StatusCode = Status;
        await context.Response.WriteAsync(Status == StatusCodes.Status200OK ? """{"outputs":[]}""" : """{"error":"not now"}""");
        Truth.Enqueue(Stopwatch.GetElapsedTime(received).TotalMilliseconds);
    }
}
