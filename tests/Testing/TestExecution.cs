using Camshaft.Backends;
using Xunit;

namespace Camshaft.Testing;

/// <summary>
/// A batch without an engine: inputs and outputs lie in native memory between guards, outputs are poisoned before each run.
/// May run any number of times, one at a time; warm, it allocates nothing.
/// </summary>
public sealed class TestExecution : ModelExecution, IDisposable
{
    private readonly ModelSignature _signature;
    private readonly TestTensor?[] _inputs;
    private readonly long[][] _dimensions;
    private readonly GuardedBuffer[] _inputBuffers;
    private readonly TestOutput[] _outputs;
    private readonly bool[] _requested;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationToken _cancellationToken;
    private TaskCompletionSource<InferenceStatus>? _completion;

    /// <summary>Makes a batch.</summary>
    /// <param name="signature">The model's.</param>
    /// <param name="inputs">One per input of the signature; null leaves an optional one out.</param>
    /// <param name="requestedOutputs">Names of outputs; none = all.</param>
    public TestExecution(ModelSignature signature, IReadOnlyList<TestTensor?> inputs, params IReadOnlyCollection<string> requestedOutputs)
    {
        Assert.Equal(signature.Inputs.Count, inputs.Count);
        _signature = signature;
        _inputs = [.. inputs];
        _dimensions = [.. inputs.Select(input => input?.Shape.Dimensions.ToArray() ?? [])];
        _inputBuffers = [.. inputs.Select(Fill)];
        _outputs = [.. signature.Outputs.Select(spec => new TestOutput(spec))];
        _requested = [.. signature.Outputs.Select(spec => requestedOutputs.Count == 0 || requestedOutputs.Contains(spec.Name))];
    }

    /// <summary>Whether outputs of known shape are offered memory before the run, as the engine does.</summary>
    public bool OffersOutputs { get; init; } = true;

    /// <inheritdoc/>
    public override int RowCount => 1;

    /// <inheritdoc/>
    public override CancellationToken CancellationToken => _cancellationToken;

    /// <summary>Raised when the backend asks for an output's memory, the last moment of which a test can know before the run.</summary>
    public event Action? Offering;

    /// <summary>Ends when the backend first asks for an output's memory: it is about to run.</summary>
    public Task Started => _started.Task;

    /// <summary>Runs the batch and waits for its end.</summary>
    /// <returns>How a pending batch ended; success for one that completed at once.</returns>
    public InferenceStatus Run(IModelInstance instance, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(instance);
        _cancellationToken = cancellationToken;
        _completion = null;
        foreach (var output in _outputs)
        {
            output.Clear();
        }

        return instance.Execute(this) == ExecutionState.Completed ? InferenceStatus.Ok : AwaitCompletion();
    }

    /// <summary>How the last run gave an output.</summary>
    public OutputPlacement GetPlacement(string outputName) => Output(outputName).Placement;

    /// <summary>Copies an output of the last run.</summary>
    public TestTensor ReadOutput(string outputName) => Output(outputName).Read();

    /// <summary>Copies every requested output of the last run; fails the test when one was not given or not written.</summary>
    public IReadOnlyDictionary<string, TestTensor> ReadOutputs()
    {
        var tensors = new Dictionary<string, TestTensor>();
        for (var i = 0; i < _outputs.Length; i++)
        {
            var name = _signature.Outputs[i].Name;
            Assert.True(_requested[i] || _outputs[i].Placement == OutputPlacement.None, $"The output '{name}' was given, though nobody asked for it.");
            if (_requested[i])
            {
                Assert.False(_outputs[i].IsPoisoned, $"The output '{name}' was not written.");
                tensors.Add(name, _outputs[i].Read());
            }
        }

        return tensors;
    }

    /// <inheritdoc/>
    public override bool HasInput(int index) => _inputs[index] is not null;

    /// <inheritdoc/>
    public override TensorView GetInput(int index)
    {
        var input = _inputs[index] ?? throw new InvalidOperationException($"The batch has no input {index}.");
        return new TensorView(input.DataType, _dimensions[index], MemoryKind.Host, _inputBuffers[index].Address, input.Data.Length);
    }

    /// <inheritdoc/>
    public override bool IsOutputRequested(int index) => _requested[index];

    /// <inheritdoc/>
    public override bool TryGetOutput(int index, out TensorView output)
    {
        output = default;
        Offering?.Invoke();
        _started.TrySetResult();
        var spec = _signature.Outputs[index];
        Span<long> shape = stackalloc long[spec.Shape.Rank];
        if (!OffersOutputs || !_requested[index] || !spec.DataType.HasFixedSize || !TryBindShape(spec, shape))
        {
            return false;
        }

        Shape.TryGetElementCount(shape, out var elementCount);
        output = _outputs[index].Place(OutputPlacement.Offered, spec.DataType, shape, elementCount * spec.DataType.ByteSize);
        return true;
    }

    /// <inheritdoc/>
    public override TensorView AllocateOutput(int index, DataType dataType, scoped ReadOnlySpan<long> shape, long byteSize)
        => _outputs[index].Place(OutputPlacement.Allocated, dataType, shape, byteSize);

    /// <inheritdoc/>
    public override void SetForeignOutput(int index, DataType dataType, scoped ReadOnlySpan<long> shape, nint address, long byteSize, Action<nint> release, nint state)
        => _outputs[index].PlaceForeign(dataType, shape, address, byteSize, release, state);

    /// <inheritdoc/>
    public override void Complete() => Completion().SetResult(InferenceStatus.Ok);

    /// <inheritdoc/>
    public override void Fail(InferenceStatus status) => Completion().SetResult(status);

    /// <summary>Releases what the last run gave and frees the memory; fails the test when a guard was overwritten.</summary>
    public void Dispose()
    {
        for (var i = 0; i < _inputBuffers.Length; i++)
        {
            var name = _signature.Inputs[i].Name;
            _inputBuffers[i].CheckGuards(name);
            Assert.True(_inputs[i] is not { } input || _inputBuffers[i].Bytes.SequenceEqual(input.Data), $"The input '{name}' was written to.");
            _inputBuffers[i].Dispose();
        }

        foreach (var output in _outputs)
        {
            output.Dispose();
        }
    }

    private static GuardedBuffer Fill(TestTensor? input)
    {
        var buffer = new GuardedBuffer();
        if (input is not null)
        {
            buffer.Prepare(input.Data.Length);
            input.Data.CopyTo(buffer.Bytes);
        }

        return buffer;
    }

    private bool TryBindShape(TensorSpec spec, Span<long> shape)
    {
        for (var dimension = 0; dimension < shape.Length; dimension++)
        {
            shape[dimension] = spec.Shape[dimension];
            if (shape[dimension] == Shape.Variable && !TryBindSymbol(spec.GetSymbol(dimension), out shape[dimension]))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryBindSymbol(string? symbol, out long length)
    {
        length = Shape.Variable;
        for (var i = 0; symbol is not null && i < _inputs.Length; i++)
        {
            for (var dimension = 0; _inputs[i] is { } input && dimension < input.Shape.Rank; dimension++)
            {
                if (_signature.Inputs[i].GetSymbol(dimension) == symbol)
                {
                    length = input.Shape[dimension];
                    return true;
                }
            }
        }

        return false;
    }

    private TestOutput Output(string name)
    {
        var index = _signature.Outputs.ToList().FindIndex(spec => spec.Name == name);
        Assert.True(index >= 0, $"The model has no output '{name}'.");
        return _outputs[index];
    }

    private InferenceStatus AwaitCompletion()
    {
        var ended = Completion().Task;
        Assert.True(ended.Wait(TimeSpan.FromMinutes(1), CancellationToken.None), "A pending execution was never completed.");
        return ended.Result;
    }

    // A backend may complete before Execute returns, so whoever comes first makes the promise.
    private TaskCompletionSource<InferenceStatus> Completion()
    {
        var made = new TaskCompletionSource<InferenceStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        return Interlocked.CompareExchange(ref _completion, made, null) ?? made;
    }
}
