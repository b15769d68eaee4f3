namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>What is to be loaded, and how.</summary>
/// <param name="Source">The model.</param>
/// <param name="Configuration">How its session is to be made.</param>
/// <param name="CreateOptions">Makes options for a session, execution provider included; the caller disposes them.</param>
internal sealed record ModelLoad(ModelSource Source, SessionConfiguration Configuration, Func<SessionConfiguration, OrtSessionOptions> CreateOptions);
