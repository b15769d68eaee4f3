using Camshaft.Backends;

namespace Camshaft.Engine.Devices;

/// <summary>
/// The tensors of a batch on an accelerator. Inputs are copied there before the model runs, outputs are placed there when the model
/// asks for them and copied back behind it. Belongs to a lane.
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

    /// <summary>Copies an input to the device.</summary>
    public void CopyIn(int index, TensorView host)
    {
        var address = _lane!.Allocate(host.ByteSize);
        _inputs[index] = new AcceleratorTensor(address, host.Address, host.ByteSize);
        if (host.ByteSize > 0)
        {
            _lane.CopyIn(address, host.Address, host.ByteSize);
        }
    }

    /// <summary>An input as the model sees it.</summary>
    public TensorView GetInput(int index, TensorView host) => new(host.DataType, host.Shape, MemoryKind.Device, _inputs[index].Address, host.ByteSize);

    /// <summary>An output as the model sees it: a place on the device for what will lie at one on the host.</summary>
    public TensorView PlaceOutput(int index, TensorView host)
    {
        ref var output = ref _outputs[index];
        var isThere = output.IsPlaced && output.ByteSize == host.ByteSize;
        output = new AcceleratorTensor(isThere ? output.Address : _lane!.Allocate(host.ByteSize), host.Address, host.ByteSize);
        return new TensorView(host.DataType, host.Shape, MemoryKind.Device, output.Address, host.ByteSize);
    }

    /// <summary>Takes note that an output lies on the host.</summary>
    public void ForgetOutput(int index) => _outputs[index] = default;

    /// <summary>Copies the outputs to the host.</summary>
    public void CopyOut()
    {
        foreach (ref readonly var output in _outputs.AsSpan())
        {
            if (output is { IsPlaced: true, ByteSize: > 0 })
            {
                _lane!.CopyOut(output.HostAddress, output.Address, output.ByteSize);
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
