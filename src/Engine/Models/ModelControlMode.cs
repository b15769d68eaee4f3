namespace Camshaft.Engine.Models;

/// <summary>Who decides which models are loaded (Triton's <c>--model-control-mode</c>).</summary>
public enum ModelControlMode
{
    /// <summary>All models of the repository, at start; load and unload calls are refused.</summary>
    None,

    /// <summary>Only what is asked for, at start or by load calls.</summary>
    Explicit,
}
