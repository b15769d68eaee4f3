namespace Camshaft.Engine.Plugins;

/// <summary>What became of a plugin's folder.</summary>
public enum PluginState
{
    /// <summary>Its backend runs models.</summary>
    Loaded,

    /// <summary>It cannot be used; the reason says why.</summary>
    Failed,

    /// <summary>The machine lacks what it is for, which is no failure; the reason says what.</summary>
    Unavailable,
}
