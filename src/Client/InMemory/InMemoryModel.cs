using Camshaft.Backends;
using Camshaft.Client.Connections;

namespace Camshaft.Client.InMemory;

/// <summary>A model that is a function. Any thread.</summary>
internal sealed class InMemoryModel(string name, long version, ModelSignature signature, Func<InMemoryRequest, CancellationToken, ValueTask> run) : IInferenceModel
{
    public string Name { get; } = name;

    public long Version { get; } = version;

    public ModelSignature Signature { get; } = signature;

    public ValueTask<InferenceResult> InferAsync(ReadOnlySpan<InferenceInput> inputs, InferenceOptions? options = null, CancellationToken cancellationToken = default) =>
        RunAsync(inputs.ToArray(), options ?? InferenceOptions.Default, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<InferenceResult> RunAsync(InferenceInput[] inputs, InferenceOptions options, CancellationToken cancellationToken)
    {
        Check(inputs);
        using var late = new CancellationTokenSource(options.Timeout ?? Timeout.InfiniteTimeSpan);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            both.Token.ThrowIfCancellationRequested();
            var request = new InMemoryRequest(inputs, options);
            await run(request, both.Token).ConfigureAwait(false);
            return request.ToResult(Signature, Version);
        }
        catch (OperationCanceledException exception) when (both.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new InferenceException(StatusCode.DeadlineExceeded, $"No answer within {options.Timeout!.Value.TotalMilliseconds:0} ms.", exception);
        }
    }

    private void Check(InferenceInput[] inputs)
    {
        foreach (var input in inputs)
        {
            input.ThrowIfOnGpu();
            var index = InferLayout.FindIndex(Signature.Inputs, input.Name);
            if (index < 0)
            {
                throw Wrong($"has no input '{input.Name}'; expected {string.Join(", ", Signature.Inputs.Select(static spec => $"'{spec.Name}'"))}");
            }

            var expected = Signature.Inputs[index];
            if (input.DataType != expected.DataType)
            {
                throw Wrong($"input '{input.Name}' has datatype {input.DataType.Name}; expected {expected.DataType.Name}");
            }

            if (!expected.Shape.Accepts(input.Shape.Dimensions))
            {
                throw Wrong($"input '{input.Name}' has shape {input.Shape}; expected {expected.Shape}");
            }
        }

        foreach (var expected in Signature.Inputs)
        {
            if (!expected.IsOptional && !inputs.Any(input => input.Name == expected.Name))
            {
                throw Wrong($"input '{expected.Name}' is missing");
            }
        }
    }

    private InferenceException Wrong(string what) => new(StatusCode.InvalidArgument, $"Model '{Name}' version {Version}: {what}.");
}
