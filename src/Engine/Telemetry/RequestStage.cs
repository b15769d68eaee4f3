namespace Camshaft.Engine.Telemetry;

/// <summary>The stages of a request, in the order in which it passes them. All but the last add up to the last.</summary>
public enum RequestStage
{
    /// <summary>From the request's head to its last byte.</summary>
    Receive,

    /// <summary>From the last byte to the moment when a lane is free for the request.</summary>
    Queue,

    /// <summary>From there until a lane takes it: how long its batch was held open for others.</summary>
    BatchWait,

    /// <summary>From there until the backend is called: inputs that do not lie together are copied.</summary>
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
