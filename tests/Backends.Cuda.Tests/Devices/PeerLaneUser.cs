namespace Camshaft.Backends.Cuda.Tests.Devices;

/// <summary>Runs batches on one lane as the engine does for tensors in another process's memory on the device, which that process uses for something else between them.</summary>
internal sealed class PeerLaneUser : ILaneUser, ILaneObserver
{
    private const int MostNumbers = 64;

    private readonly Gpu _gpu;
    private readonly IAcceleratorLane _lane;
    private readonly PeerNumbers _peer;
    private int _count;
    private int _first;

    public PeerLaneUser(Gpu gpu, IAcceleratorShare share, int index)
    {
        _gpu = gpu;
        _lane = (IAcceleratorLane)share.CreateLane(index);
        _peer = new PeerNumbers(gpu, MostNumbers);
    }

    public bool IsBusy { get; private set; }

    public int WrongCount { get; private set; }

    /// <summary>Begins a batch; every second reads its input where it lies.</summary>
    public void Begin(int first, int count)
    {
        (_first, _count, IsBusy) = (first, count, true);
        _peer.Write(first, count);
        var byteSize = count * sizeof(int);
        var source = _peer.Source;
        _lane.Begin();
        if (first / 1000 % 2 == 0)
        {
            source = _lane.Allocate(byteSize);
            _lane.CopyInOnDevice(source, _peer.Source, byteSize);
        }

        _lane.BeginCompute();
        var target = _lane.Allocate(byteSize);
        _gpu.Compute(_lane, source, target, count);
        _lane.EndCompute();
        _lane.CopyOutOnDevice(_peer.Target, target, byteSize);
        _lane.End(this);
    }

    public void OnRunEnded(string? fault)
    {
        WrongCount += _peer.IsRight(_first, _count) ? 0 : 1;
        IsBusy = false;

        // Its owner writes to the memory at once.
        _peer.Overwrite();
    }

    public void Dispose()
    {
        _lane.Dispose();
        _peer.Dispose();
    }
}
