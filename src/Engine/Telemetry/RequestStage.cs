namespace Camshaft.Engine.Telemetry;

/// <summary>The stages of a request, in the order in which it passes them.</summary>
public enum RequestStage
{
    /// <summary>From the request's head to its last byte.</summary>
    Receive,

    /// <summary>From the last byte to the moment when a lane takes the request.</summary>
    Queue,

    /// <summary>From there until the instance is at hand.</summary>
    CopyIn,

    /// <summary>The backend runs.</summary>
    Run,

    /// <summary>From the backend's end until the outputs are the request's.</summary>
    CopyOut,

    /// <summary>From there until the answer is handed to the socket.</summary>
    Send,

    /// <summary>From the head to the answer.</summary>
    Total,
}
