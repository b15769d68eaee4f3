using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime;

/// <summary>
/// The output values of one run, for the requested outputs only. Where the engine offers memory the run writes there; the
/// other values are made by ONNX Runtime and handed over afterwards.
/// </summary>
internal sealed unsafe class OutputBinding(OnnxRuntimeModel model)
{
    private readonly nint[] _values = GC.AllocateArray<nint>(model.Signature.Outputs.Count, pinned: true);
    private readonly nint[] _names = GC.AllocateArray<nint>(model.Signature.Outputs.Count, pinned: true);
    private readonly int[] _indexes = new int[model.Signature.Outputs.Count];
    private readonly bool[] _passesThrough = [.. model.Signature.Outputs.Select(output => model.Signature.Inputs.Any(input => input.Name == output.Name))];
    private readonly bool[] _isBound = new bool[model.Signature.Outputs.Count];

    /// <summary>How many outputs are requested; the arrays are filled that far.</summary>
    public int Count { get; private set; }

    /// <summary>Their names; on the pinned heap, as long as this object.</summary>
    public nint* Names => (nint*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_names));

    /// <summary>Their values, 0 where ONNX Runtime is to make one; on the pinned heap, as long as this object.</summary>
    public nint* Values => (nint*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_values));

    /// <summary>Whether memory is bound to an output whose shape was known through the inputs only.</summary>
    public bool TrustedSymbols { get; private set; }

    /// <summary>Picks the requested outputs and binds the memory that the engine offers.</summary>
    /// <param name="execution">The batch.</param>
    /// <param name="trustSymbols">Whether to take memory for outputs with variable dimensions.</param>
    public void Bind(ModelExecution execution, bool trustSymbols)
    {
        Count = 0;
        TrustedSymbols = false;
        for (var i = 0; i < _indexes.Length; i++)
        {
            if (!execution.IsOutputRequested(i))
            {
                continue;
            }

            var isFixed = model.Signature.Outputs[i].Shape.IsFixed;

            // An output that is an input by the same name is given as that input's value; memory bound to it is never written.
            var isBound = !_passesThrough[i] && (isFixed || trustSymbols) && execution.TryGetOutput(i, out var output) && Bind(output);
            TrustedSymbols |= isBound && !isFixed;
            _isBound[Count] = isBound;
            _indexes[Count] = i;
            _names[Count] = model.OutputNames.Pointers[i];
            Count++;
        }
    }

    /// <summary>Gives the engine the outputs that ONNX Runtime allocated.</summary>
    public void HandOver(ModelExecution execution, InputBinding inputs)
    {
        for (var i = 0; i < Count; i++)
        {
            if (!_isBound[i])
            {
                HandOver(execution, inputs, i);
            }
        }
    }

    /// <summary>Releases the values that nobody took over.</summary>
    public void Release()
    {
        for (var i = 0; i < Count; i++)
        {
            if (_values[i] != 0)
            {
                model.Api.ReleaseValue(_values[i]);
                _values[i] = 0;
            }
        }
    }

    private bool Bind(TensorView output)
    {
        // An empty tensor has nowhere to be written to, and a string is an object of ONNX Runtime's.
        if (output.ByteSize == 0 || output.DataType == DataType.Bytes)
        {
            return false;
        }

        _values[Count] = InputBinding.CreateValue(model, output);
        return true;
    }

    private void HandOver(ModelExecution execution, InputBinding inputs, int position)
    {
        var index = _indexes[position];
        var spec = model.Signature.Outputs[index];
        Span<long> buffer = stackalloc long[Shape.MaxRank];
        var shape = buffer[..OrtTensor.ReadShape(model.Api, _values[position], model.Subject, spec, buffer, out var dataType)];
        Shape.TryGetElementCount(shape, out var elementCount);
        if (dataType == DataType.Bytes)
        {
            StringTensor.Copy(model, _values[position], execution, index, shape, (int)elementCount);
            return;
        }

        var byteSize = elementCount * dataType.ByteSize;
        void* address;
        Check(model.Api.GetTensorMutableData(_values[position], &address), nameof(model.Api.GetTensorMutableData));
        if (byteSize == 0 || inputs.Contains(execution, (nint)address))
        {
            // Nothing to hand over, or the input's own memory, which the engine may reuse before it is done with the output.
            var output = execution.AllocateOutput(index, dataType, shape, byteSize);
            Buffer.MemoryCopy(address, (void*)output.Address, output.ByteSize, byteSize);
            return;
        }

        // From here on the engine releases the value, also when it throws.
        var value = _values[position];
        _values[position] = 0;
        execution.SetForeignOutput(index, dataType, shape, (nint)address, byteSize, model.Api.ReleaseValueAction, value);
    }

    private void Check(nint status, string call) => model.Api.ThrowIfFailed(status, call, model.Subject);
}
