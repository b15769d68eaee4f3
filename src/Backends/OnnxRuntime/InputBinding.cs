using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime;

/// <summary>
/// The input values of one run, for the inputs that the batch carries. Each lies over the engine's memory, which the engine keeps until the run has ended; only
/// strings are copied, since ONNX Runtime keeps them as objects of its own.
/// </summary>
internal sealed unsafe class InputBinding(OnnxRuntimeModel model)
{
    // Where an empty tensor lies: ONNX Runtime refuses a null address even for no bytes at all.
    private static readonly long[] Nowhere = GC.AllocateArray<long>(1, pinned: true);

    private readonly nint[] _values = GC.AllocateArray<nint>(model.Signature.Inputs.Count, pinned: true);
    private readonly nint[] _names = GC.AllocateArray<nint>(model.Signature.Inputs.Count, pinned: true);

    /// <summary>The values in the order of the signature; on the pinned heap, as long as this object.</summary>
    public nint* Values => (nint*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_values));

    /// <summary>Their names; on the pinned heap, as long as this object.</summary>
    public nint* Names => (nint*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_names));

    /// <summary>How many there are; the arrays are filled that far.</summary>
    public int Count { get; private set; }

    /// <summary>Makes a value of each input.</summary>
    public void Bind(ModelExecution execution)
    {
        Count = 0;
        for (var i = 0; i < _values.Length; i++)
        {
            if (!execution.HasInput(i))
            {
                continue;
            }

            var input = execution.GetInput(i);
            _values[Count] = input.DataType == DataType.Bytes ? StringTensor.Create(model, i, input) : CreateValue(model, input);
            _names[Count] = model.InputNames.Pointers[i];
            Count++;
        }
    }

    /// <summary>Whether an address lies in one of the inputs: an output that the graph only passes through.</summary>
    public bool Contains(ModelExecution execution, nint address)
    {
        for (var i = 0; i < _values.Length; i++)
        {
            if (!execution.HasInput(i))
            {
                continue;
            }

            var input = execution.GetInput(i);
            if (address >= input.Address && address < input.Address + (nint)input.ByteSize)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Releases the values; the memory below them is the engine's and stays.</summary>
    public void Release()
    {
        foreach (ref var value in _values.AsSpan())
        {
            if (value != 0)
            {
                model.Api.ReleaseValue(value);
                value = 0;
            }
        }
    }

    /// <summary>Makes a value over memory that must outlive it. The caller releases the value.</summary>
    public static nint CreateValue(OnnxRuntimeModel model, TensorView tensor)
    {
        var address = tensor.ByteSize == 0 ? Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(Nowhere)) : (void*)tensor.Address;
        nint value;

        // ONNX Runtime copies the dimensions during the call.
        fixed (long* dimensions = tensor.Shape)
        {
            var status = model.Api.CreateTensorWithDataAsOrtValue(
                model.MemoryInfo, address, (nuint)tensor.ByteSize, dimensions, (nuint)tensor.Shape.Length, OrtElementTypes.FromDataType(tensor.DataType), &value);
            model.Api.ThrowIfFailed(status, nameof(model.Api.CreateTensorWithDataAsOrtValue), model.Subject);
        }

        return value;
    }
}
