using Camshaft.Backends;
using Camshaft.Engine.Inference;

namespace Camshaft.Engine.Devices;

/// <summary>
/// The tensors of a batch on an accelerator. Inputs are copied there before the model runs, outputs are placed there when the model
/// asks for them and copied back behind it; requests have them on the host, or on the same device. Belongs to a lane.
/// </summary>
internal sealed class AcceleratorTensors
{
    private AcceleratorTensor[] _inputs = [];
    private AcceleratorTensor[] _outputs = [];
    private IAcceleratorLane? _lane;

    /// <summary>Where the batch runs; null between batches.</summary>
    public IAcceleratorLane? Lane => _lane;

    /// <summary>Begins a batch.</summary>
    public void Begin(IAcceleratorLane lane, int inputCount, int outputCount)
    {
        _lane = lane;
        Clear(ref _inputs, inputCount);
        Clear(ref _outputs, outputCount);
    }

    /// <summary>Copies an input to where the model reads it, unless it does so where the input lies.</summary>
    /// <param name="index">The input.</param>
    /// <param name="request">Where the request has it, on the host or on this device; nowhere where the requests of a batch have their rows apart.</param>
    /// <param name="first">The batch.</param>
    /// <param name="isUsedInPlace">Whether the model may read it there.</param>
    public void CopyIn(int index, TensorView request, InferenceRequest first, bool isUsedInPlace)
    {
        if (isUsedInPlace)
        {
            _inputs[index] = new AcceleratorTensor(request.Address, request.Address, request.MemoryKind, request.ByteSize);
            return;
        }

        var address = _lane!.Allocate(request.ByteSize);
        _inputs[index] = new AcceleratorTensor(address, request.Address, request.MemoryKind, request.ByteSize);
        if (request.ByteSize == 0)
        {
            return;
        }

        if (_inputs[index].LiesApart)
        {
            RowCopies.CopyIn(_lane, first, index, address);
        }
        else if (request.MemoryKind == MemoryKind.Device)
        {
            _lane.CopyInOnDevice(address, request.Address, request.ByteSize);
        }
        else
        {
            _lane.CopyIn(address, request.Address, request.ByteSize);
        }
    }

    /// <summary>An input as the model sees it.</summary>
    /// <param name="index">The input.</param>
    /// <param name="request">Where the request has it; of rows that lie apart the shape alone.</param>
    public TensorView GetInput(int index, TensorView request) => new(request.DataType, request.Shape, MemoryKind.Device, _inputs[index].Address, request.ByteSize);

    /// <summary>An output as the model sees it: a place on the device for what the request has elsewhere. A client's memory gets the output when it is whole, not while it is made.</summary>
    public TensorView PlaceOutput(int index, TensorView request)
    {
        ref var output = ref _outputs[index];
        var isThere = output.IsPlaced && output.ByteSize == request.ByteSize;
        output = new AcceleratorTensor(isThere ? output.Address : _lane!.Allocate(request.ByteSize), request.Address, request.MemoryKind, request.ByteSize);
        return new TensorView(request.DataType, request.Shape, MemoryKind.Device, output.Address, request.ByteSize);
    }

    /// <summary>Takes note that an output lies on the host.</summary>
    public void ForgetOutput(int index) => _outputs[index] = default;

    /// <summary>Copies the outputs to where the requests have them.</summary>
    /// <param name="first">The batch.</param>
    /// <param name="rowCount">Its rows.</param>
    public void CopyOut(InferenceRequest first, int rowCount)
    {
        for (var i = 0; i < _outputs.Length; i++)
        {
            ref readonly var output = ref _outputs[i];
            if (output is not { IsPlaced: true, ByteSize: > 0 })
            {
                continue;
            }

            if (output.LiesApart)
            {
                RowCopies.CopyOut(_lane!, first, i, output.Address, output.ByteSize / rowCount);
            }
            else if (output.RequestKind == MemoryKind.Device)
            {
                _lane!.CopyOutOnDevice(output.RequestAddress, output.Address, output.ByteSize);
            }
            else
            {
                _lane!.CopyOut(output.RequestAddress, output.Address, output.ByteSize);
            }
        }
    }

    private static void Clear(ref AcceleratorTensor[] tensors, int count)
    {
        if (tensors.Length < count)
        {
            tensors = new AcceleratorTensor[count];
        }

        Array.Clear(tensors);
    }
}
