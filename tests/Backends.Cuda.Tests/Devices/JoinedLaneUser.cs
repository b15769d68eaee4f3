using System.Runtime.InteropServices;

namespace Camshaft.Backends.Cuda.Tests.Devices;

/// <summary>Runs batches on one lane as the engine does for requests that join, half of whose rows are on the host and half in another process's memory on the device.</summary>
internal sealed unsafe class JoinedLaneUser : ILaneUser, ILaneObserver
{
    private const int MostNumbers = 64;
    private const int TargetOffset = MostNumbers * sizeof(int);

    private readonly Gpu _gpu;
    private readonly IAcceleratorLane _lane;
    private readonly byte[] _handle;
    private readonly IPeerMemory _memory;
    private readonly nint _host;
    private int _first;
    private int _hostCount;
    private int _peerCount;

    public JoinedLaneUser(Gpu gpu, IAcceleratorShare share, int index)
    {
        _gpu = gpu;
        _lane = (IAcceleratorLane)share.CreateLane(index);
        _handle = gpu.Simulation.Peers.Export(new byte[2 * TargetOffset]);
        _memory = gpu.Device.OpenPeerMemory(_handle);
        _host = gpu.Device.MemorySource.Allocate(2 * TargetOffset);
    }

    public bool IsBusy { get; private set; }

    public int WrongCount { get; private set; }

    private Span<int> Host => new((void*)_host, 2 * MostNumbers);

    public void Begin(int first, int count)
    {
        (_first, _hostCount, _peerCount, IsBusy) = (first, (count + 1) / 2, count / 2, true);
        for (var i = 0; i < _hostCount; i++)
        {
            Host[i] = first + i;
        }

        _gpu.Simulation.Peers.Write(_handle, MemoryMarshal.AsBytes(Enumerable.Range(first + _hostCount, _peerCount).ToArray().AsSpan()));
        var (hostByteSize, peerByteSize) = (_hostCount * sizeof(int), _peerCount * sizeof(int));
        _lane.Begin();
        var source = _lane.Allocate(hostByteSize + peerByteSize);
        _lane.CopyIn(source, _host, hostByteSize);
        if (_peerCount > 0)
        {
            _lane.CopyInOnDevice(source + hostByteSize, _memory.Address, peerByteSize);
        }

        _lane.BeginCompute();
        var target = _lane.Allocate(hostByteSize + peerByteSize);
        _gpu.Compute(_lane, source, target, count);
        _lane.EndCompute();
        _lane.CopyOut(_host + TargetOffset, target, hostByteSize);
        if (_peerCount > 0)
        {
            _lane.CopyOutOnDevice(_memory.Address + TargetOffset, target + hostByteSize, peerByteSize);
        }

        _lane.End(this);
    }

    public void OnRunEnded(string? fault)
    {
        var peer = MemoryMarshal.Cast<byte, int>(_gpu.Simulation.Peers.Read(_handle).AsSpan(TargetOffset));
        WrongCount += IsRight(Host[MostNumbers..][.._hostCount], _first) && IsRight(peer[.._peerCount], _first + _hostCount) ? 0 : 1;
        IsBusy = false;

        // The next owners of the memory write to it at once.
        var other = new byte[2 * TargetOffset];
        other.AsSpan().Fill(0xff);
        _gpu.Simulation.Peers.Write(_handle, other);
        Host.Fill(-1);
    }

    public void Dispose()
    {
        _lane.Dispose();
        _memory.Dispose();
        _gpu.Device.MemorySource.Free(_host, 2 * TargetOffset);
    }

    private static bool IsRight(ReadOnlySpan<int> results, int first)
    {
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i] != ((first + i) * 2) + 1)
            {
                return false;
            }
        }

        return true;
    }
}
