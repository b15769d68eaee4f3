namespace Camshaft.Testing.Cuda;

/// <summary>
/// Device memory of another process, which that has exported. Here it can be used only where it is opened, at an address of its own for each time that it is
/// opened anew. Its owner may end meanwhile: what is opened stays, and nobody opens it any more. Guarded by the driver's lock.
/// </summary>
internal sealed class SimulatedExport(SimulatedGpu device, byte[] content)
{
    public SimulatedGpu Device => device;

    public byte[] Content => content;

    /// <summary>Whether its owner still has it.</summary>
    public bool IsOwned { get; set; } = true;

    /// <summary>Where it lies here; null while it is not open.</summary>
    public SimulatedAllocation? Opened { get; set; }

    /// <summary>How often it is open.</summary>
    public int OpenCount { get; set; }
}
