namespace Camshaft.Engine.Objectives;

/// <summary>How an objective is.</summary>
public enum ObjectiveHealth
{
    /// <summary>Within its budget, and nothing that would spend it too soon.</summary>
    Kept,

    /// <summary>Its budget burns faster than it lasts.</summary>
    Burning,

    /// <summary>Its budget burns so fast that it is gone long before the window ends.</summary>
    BurningFast,

    /// <summary>It does not burn any more, but its budget over the window is overspent.</summary>
    Broken,
}
