using System.Globalization;
using Camshaft.Backends;
using Camshaft.Load.Plans;
using Camshaft.Transport.Grpc.Protos;
using Grpc.Core;
using Grpc.Net.Client;
using StatusCode = Grpc.Core.StatusCode;

namespace Camshaft.Load.Targets.KServeGrpc;

/// <summary>
/// <c>kserve+grpc://HOST:PORT</c>, <c>kserve+grpcs://</c> with TLS: any server that speaks KServe V2 over gRPC. <c>?connections=N</c> says over how many
/// connections; else one.
/// </summary>
internal sealed class KServeGrpcTarget : ITarget
{
    private const int DefaultPort = 8001;

    private readonly GrpcChannel[] _channels;
    private readonly GRPCInferenceService.GRPCInferenceServiceClient[] _clients;
    private readonly Metadata _headers = [];

    public KServeGrpcTarget(string address, TargetOptions options)
    {
        Address = address;
        var (server, connections) = ServerAddress.Parse(address, "kserve+grpc://localhost:8001");
        if (server.Host.Length == 0 || server.PathAndQuery != "/")
        {
            throw new LoadException($"'{address}' is no address of a server; expected something like kserve+grpc://localhost:8001.");
        }

        if (options.ApiKey is { } key)
        {
            _headers.Add("authorization", $"Bearer {key}");
        }

        var http = new UriBuilder(server.Scheme == "kserve+grpcs" ? Uri.UriSchemeHttps : Uri.UriSchemeHttp, server.Host, server.Port > 0 ? server.Port : DefaultPort).Uri;
        _channels = [.. Enumerable.Range(0, connections).Select(_ => GrpcChannel.ForAddress(http, new GrpcChannelOptions
        {
            // As a client, which connects as the other targets do, and not as a handler, whose connections gRPC would watch over.
            HttpClient = new HttpClient(ServerHandler.Create(options)) { Timeout = Timeout.InfiniteTimeSpan },
            DisposeHttpClient = true,

            // As Triton's clients have it: none.
            MaxReceiveMessageSize = null,
            MaxSendMessageSize = null,
        }))];
        _clients = [.. _channels.Select(static channel => new GRPCInferenceService.GRPCInferenceServiceClient(channel))];
    }

    public string Address { get; }

    public bool IsInProcess => false;

    public async Task<IReadOnlyList<ITargetModel>> OpenAsync(IReadOnlyList<ModelLoad> models, int seed, CancellationToken cancellationToken)
    {
        var opened = new List<ITargetModel>();
        foreach (var load in models)
        {
            var signature = await ReadInputsAsync(load, cancellationToken).ConfigureAwait(false);
            opened.Add(new KServeGrpcModel(_clients, _headers, load, RequestInputs.Create(load, signature, seed)));
        }

        return opened;
    }

    public ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
        {
            channel.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private async Task<List<TensorSpec>> ReadInputsAsync(ModelLoad load, CancellationToken cancellationToken)
    {
        var request = new ModelMetadataRequest { Name = load.Name, Version = load.Version?.ToString(CultureInfo.InvariantCulture) ?? "" };
        try
        {
            var metadata = await _clients[0].ModelMetadataAsync(request, _headers, cancellationToken: cancellationToken).ConfigureAwait(false);
            return [.. metadata.Inputs.Select(ReadSpec)];
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Cancelled && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        catch (RpcException exception)
        {
            throw RpcFailure.IsOfConnection(exception)
                ? new LoadException($"{Address} cannot be reached: {RpcFailure.Describe(exception).Message}", exception) { IsUnreachable = true }
                : new LoadException($"Model '{load.Name}': {exception.Status.Detail} (gRPC {exception.StatusCode})", exception);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            throw new LoadException($"{Address} does not speak KServe V2: what it says of model '{load.Name}' is not a model's metadata.", exception);
        }
    }

    private static TensorSpec ReadSpec(ModelMetadataResponse.Types.TensorMetadata input) =>
        DataTypes.TryParse(input.Datatype, out var dataType)
            ? new TensorSpec(input.Name, dataType, new Shape([.. input.Shape]))
            : throw new LoadException($"The server gives input '{input.Name}' the datatype '{input.Datatype}', which is not known here.");
}
