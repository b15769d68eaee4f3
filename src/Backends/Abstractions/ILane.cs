namespace Camshaft.Backends;

/// <summary>A place on a device where one batch at a time runs.</summary>
public interface ILane : IDisposable
{
    /// <summary>The lane's number on its device, from 0.</summary>
    int Index { get; }

    /// <summary>The lane's device.</summary>
    IDevice Device { get; }

    /// <summary>The device's native streams; default (all 0) where the device has none.</summary>
    LaneStreams Streams { get; }
}
