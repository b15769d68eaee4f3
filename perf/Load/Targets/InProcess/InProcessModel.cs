using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Models;
using Camshaft.Engine.Routing;
using Camshaft.Load.Plans;

namespace Camshaft.Load.Targets.InProcess;

/// <summary>Takes the steps that a transport takes for a request, its data copied in each time.</summary>
internal sealed class InProcessModel : ITargetModel
{
    private static readonly string[] KindNames = Enum.GetNames<StatusCode>();

    private readonly InferenceEngine _engine;
    private readonly Route _route;
    private readonly TimeSpan? _timeout;
    private readonly RequestInput?[] _inputs;

    /// <param name="engine">The engine.</param>
    /// <param name="load">What is asked of it.</param>
    /// <param name="inputs">The inputs of each request.</param>
    /// <param name="route">Where the requests go, and their copies; null = to the model that the load names.</param>
    public InProcessModel(InferenceEngine engine, ModelLoad load, RequestInput[] inputs, Route? route = null)
    {
        _engine = engine;
        _route = route ?? new Route(load.Name, load.Version ?? ModelRegistry.HighestReady);
        _timeout = load.Timeout;

        // By the index that the request counts by; null where an optional input is left out.
        engine.Models.TryCreateRequest(_route.ModelName, _route.Version, out var request);
        using (request)
        {
            _inputs = request is null ? [] : [.. request.Signature.Inputs.Select(spec => inputs.FirstOrDefault(input => input.Name == spec.Name))];
        }
    }

    public async ValueTask<SendResult> SendAsync(CancellationToken cancellationToken)
    {
        var status = _engine.Models.TryCreateRequest(_route.ModelName, _route.Version, out var request);
        if (request is null)
        {
            return ToResult(status);
        }

        using (request)
        {
            try
            {
                status = await RunAsync(request, cancellationToken).ConfigureAwait(false);
                if (status.IsOk)
                {
                    _engine.Shadows.Offer(_route, request);
                }

                return ToResult(status);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return SendResult.Abandoned;
            }
        }
    }

    private async ValueTask<InferenceStatus> RunAsync(InferenceRequest request, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _inputs.Length; i++)
        {
            if (_inputs[i] is { } input)
            {
                var declared = request.DeclareInput(i, input.DataType, input.Shape, input.Data.Length);
                if (!declared.IsOk)
                {
                    return declared;
                }
            }
        }

        request.FillsAtOnce = true;
        var reserved = await request.ReserveAsync(cancellationToken).ConfigureAwait(false);
        if (!reserved.IsOk)
        {
            return reserved;
        }

        for (var i = 0; i < _inputs.Length; i++)
        {
            if (_inputs[i] is { } input)
            {
                input.Data.CopyTo(request.GetInput(i).Bytes);
                _engine.Memory.CountCopied(input.Data.Length);
            }
        }

        if (_timeout is { } timeout)
        {
            request.SetTimeout(timeout);
        }

        var handle = request.Handle;
        using var registration = cancellationToken.UnsafeRegister(static state => ((InferenceRequestHandle)state!).Cancel(), handle);
        return await request.RunAsync().ConfigureAwait(false);
    }

    private static SendResult ToResult(in InferenceStatus status) => status.Code switch
    {
        StatusCode.Ok => SendResult.Ok,
        StatusCode.Cancelled => SendResult.Abandoned,
        _ => new SendResult(KindNames[(int)status.Code], status.Message),
    };
}
