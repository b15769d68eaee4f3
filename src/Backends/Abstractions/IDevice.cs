namespace Camshaft.Backends;

/// <summary>One device that runs batches.</summary>
public interface IDevice
{
    /// <summary>The kind of device.</summary>
    DeviceKind Kind { get; }

    /// <summary>Its number among the devices of its kind, from 0.</summary>
    int Ordinal { get; }

    /// <summary>For people, for example the processor's or the card's name.</summary>
    string Name { get; }

    /// <summary>Where tensors for this device's backends lie.</summary>
    IMemorySource MemorySource { get; }

    /// <summary>Why it cannot be used any more, for whoever looks after the server; null while it can.</summary>
    string? Fault => null;

    /// <summary>Makes a lane: a place where one batch at a time runs. The caller owns and disposes it.</summary>
    /// <param name="index">The lane's number on this device, from 0.</param>
    ILane CreateLane(int index);
}
