using System.Diagnostics.CodeAnalysis;
using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Models;
using Camshaft.Load;
using Camshaft.Load.Targets;

namespace Camshaft.EngineBenchmark.Copies;

/// <summary>
/// Takes the steps of a transport for some requests, then awaits them all, and so on. One asynchronous method from the first
/// to the last, so that of what is allocated meanwhile nothing is its own. One use at a time.
/// </summary>
internal sealed class RequestLoop(InferenceEngine engine, string model, RequestInput[] inputs, int atOnce)
{
    private readonly InferenceRequest[] _requests = new InferenceRequest[atOnce];
    private readonly ValueTask<InferenceStatus>[] _answers = new ValueTask<InferenceStatus>[atOnce];

    /// <summary>Sends requests.</summary>
    /// <param name="rounds">How often so many as go at once.</param>
    /// <returns>The managed bytes that the process allocated meanwhile.</returns>
    [SuppressMessage("Reliability", "CA2012", Justification = "Each answer is awaited once, when the last request has been sent.")]
    public async Task<long> RunAsync(int rounds)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < atOnce; i++)
            {
                var request = _requests[i] = Declare();
                ThrowIfFailed(await request.ReserveAsync(CancellationToken.None).ConfigureAwait(false));
                Fill(request);
                _answers[i] = request.RunAsync();
            }

            for (var i = 0; i < atOnce; i++)
            {
                ThrowIfFailed(await _answers[i].ConfigureAwait(false));
                _requests[i].Dispose();
            }
        }

        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    private InferenceRequest Declare()
    {
        ThrowIfFailed(engine.Models.TryCreateRequest(model, ModelRegistry.HighestReady, out var request));
        for (var i = 0; i < inputs.Length; i++)
        {
            ThrowIfFailed(request!.DeclareInput(i, inputs[i].DataType, inputs[i].Shape, inputs[i].Data.Length));
        }

        request!.FillsAtOnce = true;
        return request;
    }

    private void Fill(InferenceRequest request)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i].Data.CopyTo(request.GetInput(i).Bytes);
            engine.Memory.CountCopied(inputs[i].Data.Length);
        }
    }

    private static void ThrowIfFailed(in InferenceStatus status)
    {
        if (!status.IsOk)
        {
            throw new LoadException($"A request failed: {status.Message}");
        }
    }
}
