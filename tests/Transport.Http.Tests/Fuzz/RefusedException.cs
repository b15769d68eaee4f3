namespace Camshaft.Transport.Http.Tests.Fuzz;

/// <summary>The reference refuses the request.</summary>
internal sealed class RefusedException(string reason) : Exception(reason)
{
    public static void ThrowIf(bool condition, string reason)
    {
        if (condition)
        {
            throw new RefusedException(reason);
        }
    }
}
