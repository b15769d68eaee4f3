using Camshaft.Backends;
using Camshaft.Backends.Cuda;
using Camshaft.Plugins.CudaModules.Expressions;
using Camshaft.Plugins.CudaModules.Manifest;

namespace Camshaft.Plugins.CudaModules;

/// <summary>
/// A module on one lane. For each batch it (1) reads the lengths that the inputs' shapes have, (2) places outputs and scratch, (3) computes
/// extents and arguments, (4) enqueues the kernels, one by one or as a recorded sequence.
/// </summary>
internal sealed class ModuleInstance : IModelInstance
{
    private readonly LoadedModule _model;
    private readonly IAcceleratorLane _lane;
    private readonly KernelLaunch[] _launches;
    private readonly RecordedSequences _records;
    private readonly Action<nint> _enqueue;
    private readonly long[] _symbols;
    private readonly nint[] _inputs;
    private readonly nint[] _outputs;
    private readonly nint[] _scratch;
    private readonly long[] _key;

    public ModuleInstance(LoadedModule model, IAcceleratorLane lane)
    {
        var definition = model.Definition;
        _model = model;
        _lane = lane;
        _launches = [.. definition.Kernels.Zip(model.Functions, static (kernel, function) => new KernelLaunch(kernel, function))];
        _records = new RecordedSequences(model.Context, model.Recordings, model.ReportUnrecorded);
        _enqueue = Enqueue;
        _symbols = new long[definition.Symbols.Count];
        _inputs = new nint[definition.Signature.Inputs.Count];
        _outputs = new nint[definition.Signature.Outputs.Count];
        _scratch = new nint[definition.Scratch.Length];
        _key = new long[_symbols.Length + _inputs.Length + _outputs.Length + _scratch.Length];
    }

    public ExecutionState Execute(ModelExecution execution)
    {
        try
        {
            ReadInputs(execution);
            PlaceOutputs(execution);
            PlaceScratch();
            foreach (var launch in _launches)
            {
                launch.Prepare(_symbols, _inputs, _outputs, _scratch);
            }

            // One kernel is one launch either way.
            if (_model.IsRecorded && _launches.Length > 1 && _records.Get(WriteKey(), _enqueue) is { } recorded)
            {
                recorded.Launch(_lane.Streams.Compute);
            }
            else
            {
                Enqueue(_lane.Streams.Compute);
            }

            return ExecutionState.Enqueued;
        }
        catch (ExpressionException exception)
        {
            throw new BackendException(StatusCode.InvalidArgument, $"{_model.Source}: cannot run with inputs of these shapes: {exception.Message}.", exception);
        }
        catch (CudaException exception)
        {
            throw new BackendException(exception.Code, $"{_model.Source}: {exception.Message}", exception);
        }
    }

    public void Dispose() => _records.Dispose();

    private void ReadInputs(ModelExecution execution)
    {
        Array.Fill(_symbols, Shape.Variable);
        for (var i = 0; i < _inputs.Length; i++)
        {
            var input = execution.GetInput(i);
            var symbols = _model.Definition.InputSymbols[i];
            _inputs[i] = input.Address;
            for (var dimension = 0; dimension < symbols.Length; dimension++)
            {
                if (symbols[dimension] >= 0)
                {
                    Bind(symbols[dimension], input.Shape[dimension], i);
                }
            }
        }
    }

    private void Bind(int symbol, long length, int input)
    {
        if (_symbols[symbol] is not Shape.Variable and var bound && bound != length)
        {
            throw new BackendException(
                StatusCode.InvalidArgument,
                $"{_model.Source}: input '{_model.Signature.Inputs[input].Name}' has {length} for '{_model.Definition.Symbols[symbol]}'; another input has {bound}.");
        }

        _symbols[symbol] = length;
    }

    private void PlaceOutputs(ModelExecution execution)
    {
        Span<long> shape = stackalloc long[Shape.MaxRank];
        for (var i = 0; i < _outputs.Length; i++)
        {
            if (execution.TryGetOutput(i, out var output))
            {
                _outputs[i] = output.Address;
                continue;
            }

            var spec = _model.Signature.Outputs[i];
            var lengths = _model.Definition.OutputShapes[i];
            for (var dimension = 0; dimension < lengths.Length; dimension++)
            {
                shape[dimension] = Evaluate(spec.Name, lengths[dimension]);
            }

            if (!Shape.TryGetElementCount(shape[..lengths.Length], out var elementCount) || elementCount > int.MaxValue / spec.DataType.ByteSize)
            {
                throw new BackendException(StatusCode.InvalidArgument, $"{_model.Source}: output '{spec.Name}' would have shape {Shape.Format(shape[..lengths.Length])}; a tensor has at most {int.MaxValue} bytes.");
            }

            // Kernels write all outputs, wanted or not.
            var byteSize = elementCount * spec.DataType.ByteSize;
            _outputs[i] = execution.IsOutputRequested(i) ? execution.AllocateOutput(i, spec.DataType, shape[..lengths.Length], byteSize).Address : _lane.Allocate(byteSize);
        }
    }

    private long Evaluate(string output, Expression length)
    {
        try
        {
            return length.Evaluate(_symbols) is >= 0 and var value ? value : throw new ExpressionException($"'{length}' is negative");
        }
        catch (ExpressionException exception)
        {
            throw new ExpressionException($"output '{output}': {exception.Message}");
        }
    }

    private void PlaceScratch()
    {
        for (var i = 0; i < _scratch.Length; i++)
        {
            _scratch[i] = _lane.Allocate(Evaluate(_model.Definition.Scratch[i]));
        }
    }

    private long Evaluate(ScratchDefinition scratch)
    {
        try
        {
            return scratch.ByteSize.Evaluate(_symbols) is >= 0 and var byteSize ? byteSize : throw new ExpressionException($"'{scratch.ByteSize}' is negative");
        }
        catch (ExpressionException exception)
        {
            throw new ExpressionException($"scratch '{scratch.Name}': {exception.Message}");
        }
    }

    private ReadOnlySpan<long> WriteKey()
    {
        _symbols.CopyTo(_key, 0);
        var next = _symbols.Length;
        foreach (var addresses in (ReadOnlySpan<nint[]>)[_inputs, _outputs, _scratch])
        {
            foreach (var address in addresses)
            {
                _key[next++] = address;
            }
        }

        return _key;
    }

    private void Enqueue(nint stream)
    {
        foreach (var launch in _launches)
        {
            launch.Enqueue(stream);
        }
    }
}
