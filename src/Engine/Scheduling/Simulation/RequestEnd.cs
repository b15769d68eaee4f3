namespace Camshaft.Engine.Scheduling.Simulation;

/// <summary>How a simulated request ended.</summary>
public enum RequestEnd
{
    /// <summary>It had not ended when the simulation did.</summary>
    Open,

    /// <summary>Answered, within its objective and deadline or without any.</summary>
    InTime,

    /// <summary>Answered too late.</summary>
    Late,

    /// <summary>Given up while it waited.</summary>
    Dropped,

    /// <summary>Refused when it came.</summary>
    Refused,
}
