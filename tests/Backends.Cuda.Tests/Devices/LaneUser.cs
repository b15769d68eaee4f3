namespace Camshaft.Backends.Cuda.Tests.Devices;

/// <summary>Runs batches on one lane as the engine does, with host memory that is used for something else between them.</summary>
internal sealed unsafe class LaneUser : ILaneUser, ILaneObserver
{
    private const int MostNumbers = 64;

    private readonly Gpu _gpu;
    private readonly IAcceleratorLane _lane;
    private readonly nint _source;
    private readonly nint _target;
    private int _count;
    private int _first;

    public LaneUser(Gpu gpu, IAcceleratorShare share, int index)
    {
        _gpu = gpu;
        _lane = (IAcceleratorLane)share.CreateLane(index);
        _source = gpu.Device.MemorySource.Allocate(MostNumbers * sizeof(int));
        _target = gpu.Device.MemorySource.Allocate(MostNumbers * sizeof(int));
    }

    public bool IsBusy { get; private set; }

    public string? Fault { get; private set; }

    public int WrongCount { get; private set; }

    private Span<int> Source => new((void*)_source, MostNumbers);

    private Span<int> Target => new((void*)_target, MostNumbers);

    public void Begin(int first, int count)
    {
        (_first, _count, IsBusy) = (first, count, true);
        for (var i = 0; i < count; i++)
        {
            Source[i] = first + i;
        }

        var byteSize = count * sizeof(int);
        _lane.Begin();
        var source = _lane.Allocate(byteSize);
        _lane.CopyIn(source, _source, byteSize);
        _lane.BeginCompute();
        var target = _lane.Allocate(byteSize);
        _gpu.Compute(_lane, source, target, count);
        _lane.EndCompute();
        _lane.CopyOut(_target, target, byteSize);
        _lane.End(this);
    }

    public void OnRunEnded(string? fault)
    {
        Fault = fault;
        WrongCount += Gpu.IsRight(Target[.._count], _first) ? 0 : 1;
        IsBusy = false;

        // The next owner of the memory writes to it at once.
        Source.Fill(-1);
        Target.Fill(-1);
    }

    public void Dispose()
    {
        _lane.Dispose();
        _gpu.Device.MemorySource.Free(_source, MostNumbers * sizeof(int));
        _gpu.Device.MemorySource.Free(_target, MostNumbers * sizeof(int));
    }
}
