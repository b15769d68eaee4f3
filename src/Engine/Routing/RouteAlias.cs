namespace Camshaft.Engine.Routing;

/// <summary>A name that stands for a model or for a version of one. Immutable; a switch makes a new one.</summary>
/// <param name="Name">The alias; of one model alone as <c>model@alias</c>.</param>
/// <param name="Text">What it is to stand for, as it was stated.</param>
/// <param name="Source">Who states it: a file, or a call.</param>
/// <param name="Target">What it stands for now.</param>
/// <param name="Pending">What it is to stand for as soon as that is ready; null when it does already.</param>
public sealed record RouteAlias(string Name, string Text, string Source, RouteTarget Target, RouteTarget? Pending = null)
{
    /// <summary>Whether a call has set it, and no file states it.</summary>
    public bool IsSetByCall => Source == RouteAliases.SetByCall;
}
