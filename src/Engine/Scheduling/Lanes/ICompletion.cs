namespace Camshaft.Engine.Scheduling.Lanes;

/// <summary>
/// Something that is done and is to be handed on by the <see cref="CompletionThread"/>. It is its own link in that
/// thread's queue, so it may be posted again only once it is being completed.
/// </summary>
internal interface ICompletion
{
    /// <summary>What was posted before it. The queue's, from the post until <see cref="Complete"/> begins.</summary>
    ICompletion? NextCompletion { get; set; }

    /// <summary>Hands it on. Short, never waits, never throws: everything posted after it waits for it.</summary>
    void Complete();
}
