namespace Camshaft.Transport.Wire;

/// <summary>What a frame is. Others than these are unknown to this version.</summary>
public enum FrameKind : byte
{
    /// <summary>No kind; never sent.</summary>
    None = 0,

    /// <summary>The first frame of each side: <see cref="HelloHead"/>.</summary>
    Hello = 1,

    /// <summary>Asks for a handle of a model: <see cref="OpenHead"/> and the name.</summary>
    Open = 2,

    /// <summary>Gives the handle: <see cref="OpenedHead"/> and the signature.</summary>
    Opened = 3,

    /// <summary>Gives a handle back: <see cref="TargetHead"/>.</summary>
    Close = 4,

    /// <summary>Asks for a run: <see cref="InferHead"/>, a table of tensors and their data.</summary>
    Infer = 5,

    /// <summary>The answer to it: <see cref="ResultHead"/>, a table of tensors and their data.</summary>
    Result = 6,

    /// <summary>As <see cref="Result"/>, and more will come.</summary>
    Part = 7,

    /// <summary>Ends a request without success: <see cref="StatusHead"/> and a message.</summary>
    Error = 8,

    /// <summary>Takes the interest in a request back.</summary>
    Cancel = 9,

    /// <summary>Success that has nothing to tell.</summary>
    Done = 10,

    /// <summary>Asks for a <see cref="Pong"/>.</summary>
    Ping = 11,

    /// <summary>Answers a <see cref="Ping"/>.</summary>
    Pong = 12,

    /// <summary>Gives credit back and does nothing else.</summary>
    Credit = 13,

    /// <summary>Says that the connection ends: <see cref="StatusHead"/> and a message.</summary>
    GoAway = 14,

    /// <summary>Makes shared memory known: <see cref="RegisterHead"/> and a name.</summary>
    Register = 15,

    /// <summary>Gives shared memory back: <see cref="TargetHead"/>.</summary>
    Unregister = 16,
}
