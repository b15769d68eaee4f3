using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>
/// What one run on a GPU reads and writes: the engine's device memory, for the outputs too where their shape is known. For the others ONNX
/// Runtime takes memory of its arena, from which they are copied on the lane's stream. Belongs to an instance; one run at a time.
/// </summary>
internal sealed unsafe class GpuBinding : IDisposable
{
    // Where an empty tensor lies: ONNX Runtime refuses a null address even for no bytes at all.
    private static readonly long[] Nowhere = GC.AllocateArray<long>(1, pinned: true);

    private readonly GpuModel _model;
    private readonly OrtHandle _binding;
    private readonly int[] _indexes;
    private readonly bool[] _isBound;
    private readonly bool[] _passesThrough;
    private readonly long[] _key;
    private int _keyLength;
    private int _inputKeyLength;

    public GpuBinding(GpuModel model, OrtHandle session)
    {
        _model = model;
        nint binding;
        Check(model.Api.CreateIoBinding(session.Value, &binding), nameof(model.Api.CreateIoBinding));
        _binding = new OrtHandle(binding, model.Api.ReleaseIoBinding, session);
        var signature = model.Signature;
        _indexes = new int[signature.Outputs.Count];
        _isBound = new bool[signature.Outputs.Count];
        _key = new long[(signature.Inputs.Count + signature.Outputs.Count) * (Shape.MaxRank + 3)];
        _passesThrough = [.. signature.Outputs.Select(output => signature.Inputs.Any(input => input.Name == output.Name))];
    }

    /// <summary>The <c>OrtIoBinding</c>.</summary>
    public nint Value => _binding.Value;

    /// <summary>How many outputs are requested.</summary>
    public int Count { get; private set; }

    /// <summary>Whether memory is bound to an output whose shape was known through the inputs only.</summary>
    public bool TrustedSymbols { get; private set; }

    /// <summary>Whether everything that the run reads and writes is the engine's memory.</summary>
    public bool IsWhole => !_isBound.AsSpan(0, Count).Contains(false);

    /// <summary>What is bound, with shapes and addresses.</summary>
    public ReadOnlySpan<long> Key => _key.AsSpan(0, _keyLength);

    /// <summary>Binds what the batch carries, and the outputs that are requested.</summary>
    /// <param name="execution">The batch.</param>
    /// <param name="trustSymbols">Whether to take memory for outputs with variable dimensions.</param>
    public void Bind(ModelExecution execution, bool trustSymbols)
    {
        _keyLength = 0;
        for (var i = 0; i < _model.Signature.Inputs.Count; i++)
        {
            if (execution.HasInput(i))
            {
                Bind(_model.Api.BindInput, _model.InputNames.Pointers[i], execution.GetInput(i));
                AddToKey(i, execution.GetInput(i));
            }
        }

        _inputKeyLength = _keyLength;
        BindOutputs(execution, trustSymbols);
    }

    /// <summary>Binds the outputs anew.</summary>
    public void BindOutputs(ModelExecution execution, bool trustSymbols)
    {
        _model.Api.ClearBoundOutputs(Value);
        Count = 0;
        _keyLength = _inputKeyLength;
        TrustedSymbols = false;
        for (var i = 0; i < _passesThrough.Length; i++)
        {
            if (!execution.IsOutputRequested(i))
            {
                continue;
            }

            var isFixed = _model.Signature.Outputs[i].Shape.IsFixed;
            var name = _model.OutputNames.Pointers[i];

            // An output that is an input by the same name is given as that input's value; memory bound to it is never written.
            var isBound = false;
            if (!_passesThrough[i] && (isFixed || trustSymbols) && execution.TryGetOutput(i, out var output) && output.ByteSize > 0)
            {
                isBound = true;
                Bind(_model.Api.BindOutput, name, output);
                AddToKey(_model.Signature.Inputs.Count + i, output);
            }
            else
            {
                Check(_model.Api.BindOutputToDevice(Value, (byte*)name, _model.Memory.Value), nameof(_model.Api.BindOutputToDevice));
            }

            TrustedSymbols |= isBound && !isFixed;
            _isBound[Count] = isBound;
            _indexes[Count++] = i;
        }
    }

    /// <summary>Enqueues copies of the outputs that lie in ONNX Runtime's arena, which takes nothing back before the stream has come that far.</summary>
    public void CopyOthers(ModelExecution execution, nint stream)
    {
        if (IsWhole)
        {
            return;
        }

        nint* values;
        nuint count;
        Check(_model.Api.GetBoundOutputValues(Value, _model.Allocator, &values, &count), nameof(_model.Api.GetBoundOutputValues));
        try
        {
            for (var i = 0; i < (int)count; i++)
            {
                if (!_isBound[i])
                {
                    Copy(execution, _indexes[i], values[i], stream);
                }
            }
        }
        finally
        {
            for (var i = 0; i < (int)count; i++)
            {
                _model.Api.ReleaseValue(values[i]);
            }

            Check(_model.Api.AllocatorFree(_model.Allocator, values), nameof(_model.Api.AllocatorFree));
        }
    }

    /// <summary>Lets go of all tensors; the engine's memory stays.</summary>
    public void Clear()
    {
        _model.Api.ClearBoundInputs(Value);
        _model.Api.ClearBoundOutputs(Value);
    }

    public void Dispose() => _binding.Dispose();

    private void Copy(ModelExecution execution, int index, nint value, nint stream)
    {
        Span<long> buffer = stackalloc long[Shape.MaxRank];
        var shape = buffer[..OrtTensor.ReadShape(_model.Api, value, _model.Subject, _model.Signature.Outputs[index], buffer, out var dataType)];
        Shape.TryGetElementCount(shape, out var elementCount);
        var output = execution.AllocateOutput(index, dataType, shape, elementCount * dataType.ByteSize);
        if (output.ByteSize > 0)
        {
            void* address;
            Check(_model.Api.GetTensorMutableData(value, &address), nameof(_model.Api.GetTensorMutableData));
            _model.Driver.Copy(output.Address, (nint)address, output.ByteSize, stream);
        }
    }

    private void Bind(delegate* unmanaged[Cdecl]<nint, byte*, nint, nint> bind, nint name, TensorView tensor)
    {
        var address = tensor.ByteSize == 0 ? Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(Nowhere)) : (void*)tensor.Address;
        nint value;

        // ONNX Runtime copies the dimensions during the call, and the binding keeps the value.
        fixed (long* dimensions = tensor.Shape)
        {
            var status = _model.Api.CreateTensorWithDataAsOrtValue(
                _model.Memory.Value, address, (nuint)tensor.ByteSize, dimensions, (nuint)tensor.Shape.Length, OrtElementTypes.FromDataType(tensor.DataType), &value);
            Check(status, nameof(_model.Api.CreateTensorWithDataAsOrtValue));
        }

        var bound = bind(Value, (byte*)name, value);
        _model.Api.ReleaseValue(value);
        Check(bound, "binding of a tensor");
    }

    private void AddToKey(int place, TensorView tensor)
    {
        _key[_keyLength++] = place;
        _key[_keyLength++] = tensor.Address;
        _key[_keyLength++] = tensor.Shape.Length;
        tensor.Shape.CopyTo(_key.AsSpan(_keyLength));
        _keyLength += tensor.Shape.Length;
    }

    private void Check(nint status, string call) => _model.Api.ThrowIfFailed(status, call, _model.Subject);
}
