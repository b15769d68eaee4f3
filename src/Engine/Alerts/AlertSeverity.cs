namespace Camshaft.Engine.Alerts;

/// <summary>How soon somebody should look at an alert.</summary>
public enum AlertSeverity
{
    /// <summary>Good to know.</summary>
    Info,

    /// <summary>In working hours.</summary>
    Warning,

    /// <summary>Now: requests fail, or are about to.</summary>
    Critical,
}
