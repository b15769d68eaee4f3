namespace Camshaft.Testing.Cuda;

/// <summary>Something that the driver made and wants to have given back.</summary>
/// <param name="call">The call that made it.</param>
/// <param name="device">The device that it belongs to.</param>
internal class SimulatedObject(string call, SimulatedGpu device)
{
    /// <summary>The call that made it.</summary>
    public string Call { get; } = call;

    /// <summary>The device that it belongs to.</summary>
    public SimulatedGpu Device { get; } = device;

    /// <summary>The driver's handle or address.</summary>
    public nint Handle { get; set; }
}
