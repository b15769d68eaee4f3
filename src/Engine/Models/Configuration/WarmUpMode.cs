namespace Camshaft.Engine.Models.Configuration;

/// <summary>What is done with a model before it serves.</summary>
public enum WarmUpMode
{
    /// <summary>It runs with the samples of its configuration, or with inputs made up from its signature.</summary>
    Auto,

    /// <summary>Nothing: its first request is its first run.</summary>
    None,
}
