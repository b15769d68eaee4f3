namespace Camshaft.Backends.Cuda.Tests.Devices;

/// <summary>Runs batches on one lane as the engine does for requests that join, half of whose rows are on the host and half in another process's memory on the device.</summary>
internal sealed unsafe class JoinedLaneUser : ILaneUser, ILaneObserver
{
    private const int MostNumbers = 64;
    private const int TargetOffset = MostNumbers * sizeof(int);

    private readonly Gpu _gpu;
    private readonly IAcceleratorLane _lane;
    private readonly PeerNumbers _peer;
    private readonly nint _host;
    private int _first;
    private int _hostCount;
    private int _peerCount;

    public JoinedLaneUser(Gpu gpu, IAcceleratorShare share, int index)
    {
        _gpu = gpu;
        _lane = (IAcceleratorLane)share.CreateLane(index);
        _peer = new PeerNumbers(gpu, MostNumbers);
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

        _peer.Write(first + _hostCount, _peerCount);
        var (hostByteSize, peerByteSize) = (_hostCount * sizeof(int), _peerCount * sizeof(int));
        _lane.Begin();
        var source = _lane.Allocate(hostByteSize + peerByteSize);
        _lane.CopyIn(source, _host, hostByteSize);
        if (_peerCount > 0)
        {
            _lane.CopyInOnDevice(source + hostByteSize, _peer.Source, peerByteSize);
        }

        _lane.BeginCompute();
        var target = _lane.Allocate(hostByteSize + peerByteSize);
        _gpu.Compute(_lane, source, target, count);
        _lane.EndCompute();
        _lane.CopyOut(_host + TargetOffset, target, hostByteSize);
        if (_peerCount > 0)
        {
            _lane.CopyOutOnDevice(_peer.Target, target + hostByteSize, peerByteSize);
        }

        _lane.End(this);
    }

    public void OnRunEnded(string? fault)
    {
        WrongCount += Gpu.IsRight(Host[MostNumbers..][.._hostCount], _first) && _peer.IsRight(_first + _hostCount, _peerCount) ? 0 : 1;
        IsBusy = false;

        // The next owners of the memory write to it at once.
        _peer.Overwrite();
        Host.Fill(-1);
    }

    public void Dispose()
    {
        _lane.Dispose();
        _peer.Dispose();
        _gpu.Device.MemorySource.Free(_host, 2 * TargetOffset);
    }
}
