namespace Camshaft.Engine.Alerts;

/// <summary>Where an alert is in its life.</summary>
public enum AlertState
{
    /// <summary>Its condition holds, but not for long enough yet; nobody is told.</summary>
    Pending,

    /// <summary>Its condition holds, and everybody is told.</summary>
    Firing,

    /// <summary>Its condition holds no more.</summary>
    Resolved,
}
