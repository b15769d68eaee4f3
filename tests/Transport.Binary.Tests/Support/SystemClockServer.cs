namespace Camshaft.Transport.Binary.Tests.Support;

/// <summary>A server with the system's clock: a clock that tests move takes managed memory for every timer that is set.</summary>
public class SystemClockServer : BinaryTestServer
{
    protected override TimeProvider Time => TimeProvider.System;
}
