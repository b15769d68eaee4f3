namespace Camshaft.Transport.Binary.Sending;

/// <summary>
/// Writes what a connection's queue holds, in turns: each as long as there is something, on the thread of the one who had it
/// first. Ends with the connection, when nothing refers to it any more.
/// </summary>
internal sealed class SendLoop(SendQueue queue, FrameWriter writer)
{
    /// <summary>Begins to wait for something to send. Once.</summary>
    public void Start() => _ = RunAsync();

    // Never throws and never ends.
    private async Task RunAsync()
    {
        while (true)
        {
            await queue.WhenWorkAsync().ConfigureAwait(false);
            do
            {
                try
                {
                    WriteSome();
                    if (writer.HasUnflushed && !writer.EndFlush(await writer.BeginFlushAsync().ConfigureAwait(false)))
                    {
                        queue.Break();
                    }
                }
                catch (Exception exception)
                {
                    // Whatever it was, nothing sensible can follow what may be half a frame.
                    writer.OnFailed(exception);
                    queue.Break();
                }

                if (queue.IsBroken)
                {
                    writer.Drop();
                }
            }
            while (queue.GoesOn(writer.IsAmidResult));
        }
    }

    /// <summary>Writes until there is nothing to be written, or enough for a flush.</summary>
    private void WriteSome()
    {
        while (!writer.IsFull)
        {
            if (writer.IsAmidResult)
            {
                writer.Continue();
            }
            else if (!queue.TryTake(out var urgent, out var result))
            {
                return;
            }
            else if (urgent is not null)
            {
                writer.Write(urgent);
            }
            else if (writer.TryMeasure(result!, out var byteSize))
            {
                queue.Pay(byteSize);
                writer.Begin(result!);
            }
        }
    }
}
