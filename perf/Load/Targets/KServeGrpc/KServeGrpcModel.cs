using System.Globalization;
using Camshaft.Backends;
using Camshaft.Load.Plans;
using Camshaft.Transport.Grpc.Protos;
using Google.Protobuf;
using Grpc.Core;

namespace Camshaft.Load.Targets.KServeGrpc;

/// <summary>Sends one message, made once, under an id of its own each time; the tensors' bytes are raw and not copied. Connections take turns.</summary>
internal sealed class KServeGrpcModel : ITargetModel
{
    private readonly GRPCInferenceService.GRPCInferenceServiceClient[] _clients;
    private readonly Metadata _headers;
    private readonly ModelInferRequest _request;
    private readonly TimeSpan? _timeout;
    private uint _sent;

    public KServeGrpcModel(GRPCInferenceService.GRPCInferenceServiceClient[] clients, Metadata headers, ModelLoad load, RequestInput[] inputs)
    {
        _clients = clients;
        _headers = headers;
        _timeout = load.Timeout;
        _request = new ModelInferRequest
        {
            ModelName = load.Name,
            ModelVersion = load.Version?.ToString(CultureInfo.InvariantCulture) ?? "",
            Inputs = { inputs.Select(static input => new ModelInferRequest.Types.InferInputTensor { Name = input.Name, Datatype = input.DataType.Name, Shape = { input.Shape } }) },
            RawInputContents = { inputs.Select(static input => UnsafeByteOperations.UnsafeWrap(input.Data)) },
        };
        if (load.Timeout is { } timeout)
        {
            // In microseconds, as Triton has it.
            _request.Parameters["timeout"] = new InferParameter { Int64Param = (long)timeout.TotalMicroseconds };
        }
    }

    public async ValueTask<SendResult> SendAsync(CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _sent);
        var request = new ModelInferRequest(_request) { Id = number.ToString(CultureInfo.InvariantCulture) };
        var deadline = _timeout is { } timeout ? DateTime.UtcNow + timeout : (DateTime?)null;
        try
        {
            using var call = _clients[number % (uint)_clients.Length].ModelInferAsync(request, _headers, deadline, cancellationToken);
            await call.ConfigureAwait(false);
            return SendResult.Ok;
        }
        catch (RpcException) when (cancellationToken.IsCancellationRequested)
        {
            return SendResult.Abandoned;
        }
        catch (RpcException exception)
        {
            return RpcFailure.Describe(exception);
        }
    }
}
