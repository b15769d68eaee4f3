using Camshaft.Backends;

namespace Camshaft.Testing;

/// <summary>A lane that is no thread: whoever calls runs the batch.</summary>
internal sealed class TestLane(IDevice device, int index) : ILane
{
    public int Index => index;

    public IDevice Device => device;

    public LaneStreams Streams => default;

    public void Dispose()
    {
    }
}
