namespace Camshaft.Transport.Wire;

/// <summary>Where a tensor's data is.</summary>
public enum TensorPlace : byte
{
    /// <summary>In the frame.</summary>
    Frame = 0,

    /// <summary>In a region of shared memory.</summary>
    Region = 1,
}
