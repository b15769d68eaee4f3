using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Camshaft.Transport.Grpc.Protos;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Camshaft.Load.Tests.Support;

/// <summary>A KServe V2 server over gRPC on a real socket, with one model, that notes what it is asked and answers as a test says.</summary>
internal sealed class GrpcStub : GRPCInferenceService.GRPCInferenceServiceBase, IAsyncDisposable
{
    private WebApplication _application = null!;

    public string Address { get; private set; } = "";

    /// <summary>The requests, and what was beside each.</summary>
    public ConcurrentQueue<(ModelInferRequest Request, string? Authorization, DateTime Deadline, string Peer)> Requests { get; } = new();

    /// <summary>With which TLS is spoken; null = in clear.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>What every infer waits for and may end with, given its cancellation.</summary>
    public Func<CancellationToken, Task> OnInfer { get; init; } = static _ => Task.CompletedTask;

    public async Task<GrpcStub> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (Certificate is not null)
                {
                    listen.UseHttps(Certificate);
                }
            });
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc(static grpc => grpc.MaxReceiveMessageSize = null);
        builder.Services.AddSingleton(this);
        _application = builder.Build();
        _application.MapGrpcService<GrpcStub>();
        await _application.StartAsync();
        var address = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Address = "kserve+" + address.Replace("http", "grpc", StringComparison.Ordinal);
        return this;
    }

    public override Task<ModelMetadataResponse> ModelMetadata(ModelMetadataRequest request, ServerCallContext context) => request.Name == "m"
        ? Task.FromResult(new ModelMetadataResponse
        {
            Name = "m",
            Versions = { "1" },
            Inputs =
            {
                new ModelMetadataResponse.Types.TensorMetadata { Name = "x", Datatype = "FP32", Shape = { -1, 4 } },
                new ModelMetadataResponse.Types.TensorMetadata { Name = "n", Datatype = "INT64", Shape = { 1 } },
            },
        })
        : throw new RpcException(new Status(StatusCode.NotFound, $"There is no '{request.Name}'."));

    public override async Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context)
    {
        Requests.Enqueue((request, context.RequestHeaders.GetValue("authorization"), context.Deadline, context.Peer));
        await OnInfer(context.CancellationToken);
        return new ModelInferResponse { ModelName = request.ModelName, Id = request.Id, RawOutputContents = { ByteString.CopyFrom(new byte[64]) } };
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
