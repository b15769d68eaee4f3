namespace Camshaft.Transport.Binary.Receiving;

/// <summary>How far an infer frame has come.</summary>
internal enum InferStage : byte
{
    /// <summary>No frame is arriving.</summary>
    None,

    /// <summary>Fields and table arrive.</summary>
    Preface,

    /// <summary>The tensors are declared; a request that joins others waits for all of its data.</summary>
    Declared,

    /// <summary>It waits for memory.</summary>
    Memory,

    /// <summary>Its data is moved to where it belongs.</summary>
    Data,

    /// <summary>Its model is being loaded; the frame is moved to where it can wait for that.</summary>
    Aside,

    /// <summary>What is left of the frame is skipped: its padding, or all of a frame that was refused.</summary>
    Rest,
}
