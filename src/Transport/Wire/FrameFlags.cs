namespace Camshaft.Transport.Wire;

/// <summary>The flags of a frame.</summary>
[Flags]
public enum FrameFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Of an error: no backend has seen the request.</summary>
    NotBegun = 1,

    /// <summary>Of an error: the model has another signature than when the handle was opened.</summary>
    OpenAgain = 2,

    /// <summary>A receiver that does not know the kind skips the frame.</summary>
    MayBeIgnored = 0x80,
}
