namespace Camshaft.Testing.Cuda.Ptx.Execution;

/// <summary>The device's memory, as one launch sees it. What is touched at all is looked for once.</summary>
internal sealed class GlobalMemory(SimulatedLaunch launch) : PtxMemory
{
    private readonly List<Window> _windows = [];

    public override Span<byte> Access(PtxThread thread, ulong address, int byteSize, bool isWrite)
    {
        var window = Find(address) ?? Open(thread, address, byteSize, isWrite);
        var offset = (int)(address - window.Start);
        var allocation = window.Allocation;
        if (byteSize > allocation.Bytes.Length - offset || (!isWrite && allocation.FindPoison(offset, byteSize) >= 0))
        {
            // Throws, with its reason.
            launch.Touch(thread.Describe(), (nint)address, byteSize, isWrite);
        }

        if (isWrite)
        {
            allocation.MarkWritten(offset, byteSize);
        }

        window.Races.Check(thread, offset, byteSize, isWrite);
        return allocation.Bytes.AsSpan(offset, byteSize);
    }

    private Window? Find(ulong address)
    {
        foreach (var window in _windows)
        {
            if (address - window.Start < (ulong)window.Allocation.Bytes.Length)
            {
                return window;
            }
        }

        return null;
    }

    private Window Open(PtxThread thread, ulong address, int byteSize, bool isWrite)
    {
        var allocation = launch.Touch(thread.Describe(), (nint)address, byteSize, isWrite);
        var window = new Window((ulong)allocation.Handle, allocation, new RaceDetector("global memory", allocation.Bytes.Length));
        _windows.Add(window);
        return window;
    }

    private sealed record Window(ulong Start, SimulatedAllocation Allocation, RaceDetector Races);
}
