using System.Runtime.InteropServices;

namespace Camshaft.Backends.Cuda.Tests.Devices;

/// <summary>Runs batches on one lane as the engine does for tensors in another process's memory on the device, which that process uses for something else between them.</summary>
internal sealed class PeerLaneUser : ILaneUser, ILaneObserver
{
    private const int MostNumbers = 64;
    private const int TargetOffset = MostNumbers * sizeof(int);

    private readonly Gpu _gpu;
    private readonly IAcceleratorLane _lane;
    private readonly byte[] _handle;
    private readonly IPeerMemory _memory;
    private int _count;
    private int _first;

    public PeerLaneUser(Gpu gpu, IAcceleratorShare share, int index)
    {
        _gpu = gpu;
        _lane = (IAcceleratorLane)share.CreateLane(index);
        _handle = gpu.Simulation.Peers.Export(new byte[2 * TargetOffset]);
        _memory = gpu.Device.OpenPeerMemory(_handle);
    }

    public bool IsBusy { get; private set; }

    public int WrongCount { get; private set; }

    /// <summary>Begins a batch; every second reads its input where it lies.</summary>
    public void Begin(int first, int count)
    {
        (_first, _count, IsBusy) = (first, count, true);
        _gpu.Simulation.Peers.Write(_handle, MemoryMarshal.AsBytes(Enumerable.Range(first, count).ToArray().AsSpan()));
        var byteSize = count * sizeof(int);
        var source = _memory.Address;
        _lane.Begin();
        if (first / 1000 % 2 == 0)
        {
            source = _lane.Allocate(byteSize);
            _lane.CopyInOnDevice(source, _memory.Address, byteSize);
        }

        _lane.BeginCompute();
        var target = _lane.Allocate(byteSize);
        _gpu.Compute(_lane, source, target, count);
        _lane.EndCompute();
        _lane.CopyOutOnDevice(_memory.Address + TargetOffset, target, byteSize);
        _lane.End(this);
    }

    public void OnRunEnded(string? fault)
    {
        var target = MemoryMarshal.Cast<byte, int>(_gpu.Simulation.Peers.Read(_handle).AsSpan(TargetOffset));
        var isRight = true;
        for (var i = 0; i < _count; i++)
        {
            isRight &= target[i] == ((_first + i) * 2) + 1;
        }

        WrongCount += isRight ? 0 : 1;
        IsBusy = false;

        // Its owner writes to the memory at once.
        var other = new byte[2 * TargetOffset];
        other.AsSpan().Fill(0xff);
        _gpu.Simulation.Peers.Write(_handle, other);
    }

    public void Dispose()
    {
        _lane.Dispose();
        _memory.Dispose();
    }
}
